import SwiftUI
import VangGiaModels

/// Where the core says that data is damaged: the way to keep what can be read.
struct SalvageButton: View {
    let app: AppModel
    let notice: Notice?
    @State private var isOpen = false

    var body: some View {
        if notice?.code == "store.damaged" {
            Button(app.say(.salvage)) { isOpen = true }
                .sheet(isPresented: $isOpen) { SalvageScreen(app: app) }
                .onChange(of: isOpen) { _, isOpen in
                    // However it went, the core locked first.
                    guard !isOpen else { return }
                    Task {
                        await app.refresh()
                        app.changed()
                    }
                }
        }
    }
}

struct SalvageScreen: View {
    let app: AppModel
    @State private var model: SalvageModel
    @Environment(\.dismiss) private var dismiss

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: SalvageModel(app: app))
    }

    var body: some View {
        @Bindable var model = model
        NavigationStack {
            Form {
                if let salvaged = model.salvaged {
                    Text(salvaged.text)
                    Button(app.say(.next)) { dismiss() }
                } else {
                    Text(app.say(.salvageHint))
                    SecureField(app.say(.pin), text: $model.pin).keyboardType(.numberPad)
                    NoticeRow(notice: model.notice)
                    SetAsideButton(app: app, notice: model.notice)
                    Button(app.say(.salvage)) { Task { await model.salvage() } }.disabled(model.pin.isEmpty)
                    if model.isBusy { ProgressView(app.say(.working)) }
                }
            }
            .navigationTitle(app.say(.salvage))
            .toolbar {
                ToolbarItem(placement: .cancellationAction) {
                    if model.salvaged == nil { CloseButton(app: app) }
                }
            }
        }
    }
}

/// Where the core says that no PIN and no code opens the data any more: the way to go on without it.
struct SetAsideButton: View {
    let app: AppModel
    let notice: Notice?
    @State private var isOpen = false

    var body: some View {
        if notice?.opensNoMore == true {
            Button(app.say(.setAsideEnrol)) { isOpen = true }
                .sheet(isPresented: $isOpen) { SetAsideScreen(app: app) }
        }
    }
}

struct SetAsideScreen: View {
    let app: AppModel
    @State private var model: SetAsideModel
    @State private var isAsking = false

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: SetAsideModel(app: app))
    }

    var body: some View {
        NavigationStack {
            Form {
                Text(app.say(.setAsideHint))
                NoticeRow(notice: model.notice)
                Button(app.say(.setAsideEnrol), role: .destructive) { isAsking = true }.disabled(model.isBusy)
                if model.isBusy { ProgressView(app.say(.working)) }
            }
            .navigationTitle(app.say(.setAsideTitle))
            .toolbar { ToolbarItem(placement: .cancellationAction) { CloseButton(app: app) } }
            .confirmationDialog(app.say(.setAsideAsk), isPresented: $isAsking, titleVisibility: .visible) {
                Button(app.say(.setAsideTitle), role: .destructive) { Task { await model.setAside() } }
                Button(app.say(.cancel), role: .cancel) {}
            }
        }
    }
}
