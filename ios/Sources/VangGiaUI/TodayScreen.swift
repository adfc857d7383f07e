import SwiftUI
import VangGiaCore
import VangGiaModels

struct TodayScreen: View {
    let app: AppModel
    @State private var model: TodayModel
    @State private var work: WorkModel
    @State private var isAccountOpen = false
    @State private var isWhole = false

    private static let firstTasks = 10

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: TodayModel(core: app.core))
        _work = State(initialValue: WorkModel(app: app))
    }

    var body: some View {
        NavigationStack {
            List {
                NoticeRow(notice: model.notice ?? work.notice)
                SalvageButton(app: app, notice: model.notice ?? work.notice)
                if let today = model.today { content(today) }
                Section(app.say(.forms)) {
                    ForEach(model.forms) { form in
                        Button(form.title) { Task { await work.start(form.id) } }
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
            .shows(work)
            .sheet(isPresented: $isAccountOpen) {
                if let worker = model.today?.worker { AccountScreen(app: app, worker: worker) }
            }
            .task(id: app.revision) { await model.load() }
        }
    }

    @ViewBuilder private func content(_ today: TodayView) -> some View {
        ForEach(today.alarms) { AlarmSection(alarm: $0, work: work, leadsOn: true) }
        if !today.tasks.isEmpty { tasks(today) }
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
                        Task { await work.resume(draft.draftId) }
                    } label: {
                        TwoLines(first: draft.about ?? draft.formTitle, second: draft.started)
                    }
                    if draft.newerVersion != nil {
                        Button(app.say(.carryOver), systemImage: "arrow.up.doc") {
                            Task { await work.carryOver(draft.draftId) }
                        }
                    }
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

    /// The most pressing first; all of them on demand, so that forms and the rest of the day stay near.
    private func tasks(_ today: TodayView) -> some View {
        Section("\(app.say(.tasks)) (\(today.tasksTotal))") {
            ForEach(isWhole ? today.tasks : Array(today.tasks.prefix(Self.firstTasks))) { task in
                NavigationLink(value: RecordAt(task.reference)) { TaskLine(task: task) }
                if let next = task.next { StepButton(step: next, record: task.reference, work: work) }
            }
            if !isWhole && today.tasks.count > Self.firstTasks {
                Button(app.say(.moreRows)) { isWhole = true }
            }
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
    @Environment(AppModel.self) private var app

    var body: some View {
        VStack(alignment: .leading) {
            Text(task.title)
            Text(marks).foregroundStyle(task.overdue ? Color.red : Color.secondary)
            GroundButton(ground: task.ground)
        }
    }

    private var marks: String {
        let overdue = task.overdue ? app.say(.overdue) : ""
        return [overdue, task.due, task.left, task.note].filter { !$0.isEmpty }.joined(separator: " · ")
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
