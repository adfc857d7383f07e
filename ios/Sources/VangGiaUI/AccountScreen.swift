import SwiftUI
import VangGiaCore
import VangGiaModels

/// Who is using the phone, and their PIN.
struct AccountScreen: View {
    let app: AppModel
    let worker: WorkerView
    @State private var model: ChangePinModel

    init(app: AppModel, worker: WorkerView) {
        self.app = app
        self.worker = worker
        _model = State(initialValue: ChangePinModel(app: app))
    }

    var body: some View {
        @Bindable var model = model
        NavigationStack {
            Form {
                WorkerLines(worker: worker)
                Section(app.say(.pinChange)) {
                    SecureField(app.say(.pinPresent), text: $model.present).keyboardType(.numberPad)
                }
                NewPinSection(app: app, pin: $model.newPin)
                NoticeRow(notice: model.notice)
                if model.isChanged { Text(app.say(.pinChanged)) }
                Button(app.say(.pinChange)) { Task { await model.change() } }.disabled(!model.canChange)
                if model.isBusy { ProgressView(app.say(.working)) }
                HideSection(app: app, worker: worker)
                PractiseSection(app: app)
            }
            .navigationTitle(app.say(.account))
            .toolbar { ToolbarItem(placement: .cancellationAction) { CloseButton(app: app) } }
        }
    }
}

/// To try the forms with.
struct PractiseSection: View {
    let app: AppModel
    @State private var model: PractiseModel

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: PractiseModel(app: app))
    }

    var body: some View {
        Section {
            Button(app.say(.practise), systemImage: "house") { Task { await model.make() } }
            NoticeRow(notice: model.notice)
            Text(app.say(model.isMade ? .practiseMade : .practiseHint)).font(.caption)
        }
    }
}

/// For the while in which somebody else looks at the phone.
struct HideSection: View {
    let app: AppModel
    let worker: WorkerView
    @State private var model: HideModel

    init(app: AppModel, worker: WorkerView) {
        self.app = app
        self.worker = worker
        _model = State(initialValue: HideModel(app: app))
    }

    var body: some View {
        Section {
            if worker.restrictedHidden != nil {
                HiddenLine(worker: worker)
            } else {
                Button(app.say(.hideRestricted), systemImage: "eye.slash") { Task { await model.hide() } }
                NoticeRow(notice: model.notice)
            }
        } footer: {
            if worker.restrictedHidden == nil { Text(app.say(.hideRestrictedHint)) }
        }
    }
}

/// That restricted cases are out of sight, and how to see them again; nothing where they are not.
struct HiddenLine: View {
    let worker: WorkerView

    var body: some View {
        if let told = worker.restrictedHidden { Label(told, systemImage: "eye.slash") }
    }
}

struct WorkerLines: View {
    let worker: WorkerView

    var body: some View {
        Text(worker.name).font(.headline)
        Text(([worker.role] + worker.places).joined(separator: " · ")).foregroundStyle(.secondary)
    }
}

/// Why the phone can't go on as it is, and the way out.
struct EnrolAgainSection: View {
    let app: AppModel
    let why: EnrolAgain
    @State private var isEnrolling = false

    var body: some View {
        Section {
            Text(why.text).foregroundStyle(.red)
            Button(app.say(.enrolAgain), systemImage: "arrow.clockwise") { isEnrolling = true }
        }
        .sheet(isPresented: $isEnrolling) { EnrolAgainScreen(app: app, why: why) }
    }
}

struct EnrolAgainScreen: View {
    let app: AppModel
    let why: EnrolAgain
    @State private var model: EnrolAgainModel
    @Environment(\.dismiss) private var dismiss

    init(app: AppModel, why: EnrolAgain) {
        self.app = app
        self.why = why
        _model = State(initialValue: EnrolAgainModel(app: app))
    }

    var body: some View {
        @Bindable var model = model
        NavigationStack {
            Form {
                if let carried = model.carried {
                    Text(carried.text)
                    Button(app.say(.close)) {
                        dismiss()
                        app.changed()
                    }
                } else {
                    Text(why.text)
                    InvitationSection(app: app, invitation: $model.invitation)
                    NoticeRow(notice: model.notice)
                    Button(app.say(.enrolAgain)) { Task { await model.enrol() } }.disabled(!model.canEnrol)
                    if model.isBusy { ProgressView(app.say(.working)) }
                }
            }
            .navigationTitle(app.say(.enrolAgain))
            .toolbar {
                ToolbarItem(placement: .cancellationAction) {
                    if model.carried == nil { CloseButton(app: app) }
                }
            }
        }
    }
}
