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
                    // What stands above already says more of it.
                    if let summary = model.summary, summary.code != day.today?.sync.enrolAgain?.code {
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
        if let why = state.enrolAgain { EnrolAgainSection(app: app, why: why) }
        Section {
            Text(state.last)
            LabeledContent(app.say(.waiting), value: "\(state.changesWaiting)")
            LabeledContent(app.say(.photos), value: "\(state.photosWaiting)")
        }
        if !state.notices.isEmpty {
            Section { ForEach(state.notices, id: \.self) { Text($0.text) } }
        }
        held(.denied, state.heldBack.filter(\.isDenied), systemImage: "xmark.octagon")
        held(.heldBack, state.heldBack.filter { !$0.isDenied }, systemImage: "clock")
        // Those that stay aside are told above.
        let packs = state.packs.filter { $0.standing != .aside }
        if !packs.isEmpty {
            Section(app.say(.packs)) { ForEach(packs, id: \.self) { Text($0.text) } }
        }
    }

    /// What was not allowed and is undone, apart from what only waits.
    @ViewBuilder private func held(_ title: Chrome, _ rows: [HeldBackRow], systemImage: String) -> some View {
        if !rows.isEmpty {
            Section(app.say(title)) {
                ForEach(rows, id: \.self) { row in
                    Label(row.text, systemImage: systemImage)
                        .foregroundStyle(row.isDenied ? Color.red : Color.primary)
                }
            }
        }
    }
}
