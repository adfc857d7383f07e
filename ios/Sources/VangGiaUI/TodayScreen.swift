import SwiftUI
import VangGiaCore
import VangGiaModels

struct TodayScreen: View {
    let app: AppModel
    @State private var model: TodayModel
    @State private var opening = OpenForm()
    @State private var isAccountOpen = false

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: TodayModel(core: app.core))
    }

    var body: some View {
        NavigationStack {
            List {
                NoticeRow(notice: model.notice ?? opening.notice)
                SalvageButton(app: app, notice: model.notice ?? opening.notice)
                if let today = model.today { content(today) }
                Section(app.say(.forms)) {
                    ForEach(model.forms) { form in
                        Button(form.title) { Task { await opening.start(form.id, app: app) } }
                    }
                }
            }
            .navigationTitle(model.today?.date ?? app.say(.today))
            .toolbar {
                ToolbarItem(placement: .primaryAction) {
                    Button(app.say(.lock), systemImage: "lock") { Task { await app.lock() } }
                }
                ToolbarItem(placement: .primaryAction) {
                    Button(app.say(.account), systemImage: "person.crop.circle") { isAccountOpen = true }
                }
                ToolbarItem(placement: .cancellationAction) { LanguageButton(app: app) }
            }
            .navigationDestination(for: HouseholdRow.self) { HouseholdScreen(app: app, id: $0.id) }
            .navigationDestination(for: CaseRow.self) { CaseScreen(app: app, id: $0.id) }
            .opensRecords(app)
            .fullScreenCover(item: $opening.form) { FormScreen(form: $0) }
            .sheet(isPresented: $isAccountOpen) {
                if let worker = model.today?.worker { AccountScreen(app: app, worker: worker) }
            }
            .task(id: app.revision) { await model.load() }
        }
    }

    @ViewBuilder private func content(_ today: TodayView) -> some View {
        Section {
            WorkerLines(worker: today.worker)
            HiddenLine(worker: today.worker)
            Text(today.sync.last).font(.caption)
            ForEach(today.sync.notices, id: \.self) { Text($0.text) }
        }
        if let why = today.sync.enrolAgain { EnrolAgainSection(app: app, why: why) }
        if !today.drafts.isEmpty {
            Section(app.say(.drafts)) {
                ForEach(today.drafts) { draft in
                    Button {
                        Task { await opening.resume(draft.draftId, app: app) }
                    } label: {
                        TwoLines(first: draft.about ?? draft.formTitle, second: draft.started)
                    }
                    if draft.newerVersion != nil {
                        Button(app.say(.carryOver), systemImage: "arrow.up.doc") {
                            Task { await opening.carryOver(draft.draftId, app: app) }
                        }
                    }
                }
            }
        }
        if !today.tasks.isEmpty {
            Section(app.say(.tasks)) {
                ForEach(today.tasks) { task in
                    NavigationLink(value: RecordAt(task.reference)) { TaskLine(task: task) }
                }
            }
        }
        if !today.due.isEmpty {
            Section(app.say(.dueSoon)) {
                ForEach(today.due) { row in
                    NavigationLink(value: RecordAt(row.reference)) {
                        VStack(alignment: .leading) {
                            TwoLines(first: row.title, second: row.line)
                            Text(row.due).foregroundStyle(row.overdue ? Color.red : Color.secondary)
                        }
                    }
                }
            }
        }
        if !today.openCases.isEmpty {
            Section(app.say(.cases)) { ForEach(today.openCases) { CaseLine(row: $0) } }
        }
    }
}

/// The form that a screen has open over it, and why one could not be opened.
@MainActor
@Observable
final class OpenForm {
    var form: FormModel?
    var notice: Notice?

    func start(_ formId: String, about: String? = nil, app: AppModel) async {
        await open { try await FormModel.start(formId, about: about, app: app) }
    }

    func resume(_ draft: String, app: AppModel) async {
        await open { try await FormModel.resume(draft: draft, app: app) }
    }

    func carryOver(_ draft: String, app: AppModel) async {
        await open { try await FormModel.carryOver(draft: draft, app: app) }
    }

    private func open(_ make: () async throws -> FormModel) async {
        do {
            form = try await make()
            notice = nil
        } catch {
            notice = Notice(error)
        }
    }
}

struct TwoLines: View {
    let first: String
    let second: String

    var body: some View {
        VStack(alignment: .leading) {
            Text(first)
            if !second.isEmpty { Text(second).font(.caption).foregroundStyle(.secondary) }
        }
    }
}

struct TaskLine: View {
    let task: TaskRow

    var body: some View {
        VStack(alignment: .leading) {
            Text(task.title)
            Text(task.due).foregroundStyle(task.overdue ? Color.red : Color.secondary)
            GroundButton(ground: task.ground)
        }
    }
}

struct CaseLine: View {
    let row: CaseRow
    @Environment(AppModel.self) private var app

    var body: some View {
        NavigationLink(value: row) {
            VStack(alignment: .leading) {
                HStack {
                    if row.restricted { Image(systemName: "lock.fill").accessibilityLabel(app.say(.restricted)) }
                    Text(row.title)
                }
                Text(row.state).font(.caption).foregroundStyle(.secondary)
                if !row.due.isEmpty {
                    Text(row.due).font(.caption).foregroundStyle(row.overdue ? Color.red : Color.secondary)
                }
            }
        }
    }
}
