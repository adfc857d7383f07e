import SwiftUI
import VangGiaCore
import VangGiaModels

struct SyncScreen: View {
    let app: AppModel
    @State private var model: SyncModel
    @State private var day: TodayModel

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: SyncModel(app: app))
        _day = State(initialValue: TodayModel(core: app.core))
    }

    var body: some View {
        NavigationStack {
            List {
                if let state = day.today?.sync { waiting(state) }
                Section {
                    if model.isRunning {
                        ProgressView(value: model.fraction) { Text(model.progress?.text ?? app.say(.working)) }
                        Button(app.say(.syncStop), role: .destructive) { model.cancel() }
                    } else {
                        Button(app.say(.sync), systemImage: "arrow.triangle.2.circlepath") {
                            Task { await model.sync() }
                        }
                    }
                    if let summary = model.summary {
                        Text(summary.text)
                        if summary.code != "ok" { Text(summary.code).font(.caption).foregroundStyle(.secondary) }
                    }
                    NoticeRow(notice: model.notice ?? day.notice)
                }
            }
            .navigationTitle(app.say(.sync))
            .task(id: app.revision) { await day.load() }
        }
    }

    @ViewBuilder private func waiting(_ state: SyncState) -> some View {
        Section {
            Text(state.last)
            LabeledContent(app.say(.waiting), value: "\(state.changesWaiting)")
            LabeledContent(app.say(.photos), value: "\(state.photosWaiting)")
        }
        if !state.notices.isEmpty {
            Section { ForEach(state.notices, id: \.self) { Text($0.text) } }
        }
        if !state.heldBack.isEmpty {
            Section(app.say(.heldBack)) { ForEach(state.heldBack, id: \.self) { Text($0.text) } }
        }
    }
}
