import SwiftUI
import VangGiaModels

struct EnrolScreen: View {
    let app: AppModel
    @State private var model: EnrolModel

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: EnrolModel(app: app))
    }

    var body: some View {
        @Bindable var model = model
        NavigationStack {
            Form {
                InvitationSection(app: app, invitation: $model.invitation)
                NewPinSection(app: app, pin: $model.newPin)
                NoticeRow(notice: model.notice)
                Button(app.say(.enrol)) { Task { await model.enrol() } }.disabled(!model.canEnrol)
                if model.isBusy { ProgressView(app.say(.working)) }
            }
            .navigationTitle("Vãng Gia")
            .toolbar {
                ToolbarItem(placement: .primaryAction) { LanguageButton(app: app) }
                ToolbarItem(placement: .cancellationAction) {
                    // Over the lock screen, for one more worker.
                    if app.status != .notEnrolled { CloseButton(app: app) }
                }
            }
        }
    }
}

/// The office's invitation, typed, pasted or scanned.
struct InvitationSection: View {
    let app: AppModel
    @Binding var invitation: String
    @State private var isScanning = false

    var body: some View {
        Section {
            TextField(app.say(.invitation), text: $invitation, axis: .vertical)
                .textInputAutocapitalization(.never)
                .autocorrectionDisabled()
            if CodeScanner.isHere {
                Button(app.say(.invitationScan), systemImage: "qrcode.viewfinder") { isScanning = true }
            }
        } footer: {
            Text(app.say(.enrolHint))
        }
        .sheet(isPresented: $isScanning) {
            CodeScanner { code in
                invitation = code
                isScanning = false
            }
        }
    }
}

struct NewPinSection: View {
    let app: AppModel
    @Binding var pin: NewPin

    var body: some View {
        Section {
            SecureField(app.say(.newPin), text: $pin.pin).keyboardType(.numberPad)
            SecureField(app.say(.newPinAgain), text: $pin.again).keyboardType(.numberPad)
            if pin.differ { Text(app.say(.pinsDiffer)).foregroundStyle(.red) }
        }
    }
}

struct UnlockScreen: View {
    let app: AppModel
    @State private var model: UnlockModel
    @State private var isRecovering = false
    @State private var isChoosing = false

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: UnlockModel(app: app))
    }

    var body: some View {
        @Bindable var model = model
        NavigationStack {
            Form {
                if let chosen = model.chosen { Text(chosen.name).font(.headline) }
                SecureField(app.say(.pin), text: $model.pin)
                    .keyboardType(.numberPad)
                    .onSubmit { Task { await model.unlock() } }
                NoticeRow(notice: model.notice)
                SalvageButton(app: app, notice: model.notice)
                SetAsideButton(app: app, notice: model.notice)
                TimelineView(.periodic(from: Date(), by: 1)) { timeline in
                    VStack(alignment: .leading) {
                        if let seconds = model.secondsLeft(at: timeline.date) {
                            Text("\(app.say(.waitSeconds)) \(seconds)")
                        }
                        Button(app.say(.unlock)) { Task { await model.unlock() } }
                            .disabled(!model.canUnlock(at: timeline.date))
                    }
                }
                if model.isBusy { ProgressView(app.say(.working)) }
                Section {
                    Button(app.say(.pinForgotten)) { isRecovering = true }
                    Button(app.say(.workersOther)) { isChoosing = true }
                }
            }
            .navigationTitle("Vãng Gia")
            .toolbar { ToolbarItem(placement: .primaryAction) { LanguageButton(app: app) } }
            .sheet(isPresented: $isRecovering) { RecoverScreen(app: app) }
            .sheet(isPresented: $isChoosing) { WorkersScreen(app: app, model: model) }
            .task { await model.load() }
        }
    }
}

/// Whose PIN the lock screen asks for; one more worker comes by an invitation of theirs.
struct WorkersScreen: View {
    let app: AppModel
    let model: UnlockModel
    @State private var isAdding = false
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        NavigationStack {
            List {
                Section {
                    ForEach(model.workers) { worker in
                        Button {
                            Task {
                                await model.choose(worker)
                                dismiss()
                            }
                        } label: {
                            TwoLines(first: worker.name, second: worker.isChosen ? app.say(.workersChosen) : "")
                        }
                    }
                } footer: {
                    Text(app.say(.workersHint))
                }
                NoticeRow(notice: model.notice)
                Button(app.say(.workersAdd), systemImage: "person.badge.plus") { isAdding = true }
            }
            .navigationTitle(app.say(.workers))
            .toolbar { ToolbarItem(placement: .cancellationAction) { CloseButton(app: app) } }
            .sheet(isPresented: $isAdding) { EnrolScreen(app: app) }
        }
    }
}

struct RecoverScreen: View {
    let app: AppModel
    @State private var model: RecoverModel

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: RecoverModel(app: app))
    }

    var body: some View {
        @Bindable var model = model
        NavigationStack {
            Form {
                if let request = model.request {
                    Text(request.text)
                    Section(app.say(.recoverRequest)) {
                        ForEach(model.lines, id: \.self) { Text($0).font(.body.monospaced()) }
                        // No secret: it may go as a text message.
                        ShareLink(app.say(.recoverSend), item: request.request)
                    }
                    Section(app.say(.recoverCode)) {
                        TextField(app.say(.recoverCodeHint), text: $model.code)
                            .textInputAutocapitalization(.never)
                            .autocorrectionDisabled()
                            .font(.body.monospaced())
                    }
                    NewPinSection(app: app, pin: $model.newPin)
                }
                NoticeRow(notice: model.notice)
                SetAsideButton(app: app, notice: model.notice)
                Button(app.say(.unlock)) { Task { await model.recover() } }.disabled(!model.canRecover)
                if model.isBusy { ProgressView(app.say(.working)) }
            }
            .navigationTitle(app.say(.pinForgotten))
            .toolbar { ToolbarItem(placement: .cancellationAction) { CloseButton(app: app) } }
            .task { await model.load() }
        }
    }
}

/// Leads back from a sheet.
struct CloseButton: View {
    let app: AppModel
    @Environment(\.dismiss) private var dismiss

    var body: some View { Button(app.say(.close)) { dismiss() } }
}

/// Shows the other language by its own name.
struct LanguageButton: View {
    let app: AppModel

    var body: some View {
        Button(app.language == .vietnamese ? "English" : "Tiếng Việt") {
            Task { await app.use(app.language == .vietnamese ? .english : .vietnamese) }
        }
    }
}
