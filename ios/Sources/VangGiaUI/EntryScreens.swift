import SwiftUI
import VangGiaModels

struct EnrolScreen: View {
    let app: AppModel
    @State private var model: EnrolModel
    @State private var isScanning = false

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: EnrolModel(app: app))
    }

    var body: some View {
        @Bindable var model = model
        NavigationStack {
            Form {
                Section {
                    TextField(app.say(.invitation), text: $model.invitation, axis: .vertical)
                        .textInputAutocapitalization(.never)
                        .autocorrectionDisabled()
                    if CodeScanner.isHere {
                        Button(app.say(.invitationScan), systemImage: "qrcode.viewfinder") { isScanning = true }
                    }
                } footer: {
                    Text(app.say(.enrolHint))
                }
                Section {
                    SecureField(app.say(.pin), text: $model.pin).keyboardType(.numberPad)
                    SecureField(app.say(.pinAgain), text: $model.pinAgain).keyboardType(.numberPad)
                    if model.pinsDiffer { Text(app.say(.pinsDiffer)).foregroundStyle(.red) }
                }
                NoticeRow(notice: model.notice)
                Button(app.say(.enrol)) { Task { await model.enrol() } }.disabled(!model.canEnrol)
                if model.isBusy { ProgressView(app.say(.working)) }
            }
            .navigationTitle("Vãng Gia")
            .toolbar { ToolbarItem(placement: .primaryAction) { LanguageButton(app: app) } }
            .sheet(isPresented: $isScanning) {
                CodeScanner { code in
                    model.invitation = code
                    isScanning = false
                }
            }
        }
    }
}

struct UnlockScreen: View {
    let app: AppModel
    @State private var model: UnlockModel

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: UnlockModel(app: app))
    }

    var body: some View {
        @Bindable var model = model
        NavigationStack {
            Form {
                SecureField(app.say(.pin), text: $model.pin)
                    .keyboardType(.numberPad)
                    .onSubmit { Task { await model.unlock() } }
                NoticeRow(notice: model.notice)
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
            }
            .navigationTitle("Vãng Gia")
            .toolbar { ToolbarItem(placement: .primaryAction) { LanguageButton(app: app) } }
        }
    }
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
