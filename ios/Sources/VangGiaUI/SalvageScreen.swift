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
