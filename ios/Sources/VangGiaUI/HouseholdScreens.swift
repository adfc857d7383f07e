import SwiftUI
import UIKit
import VangGiaCore
import VangGiaModels

struct HouseholdsScreen: View {
    let app: AppModel
    @State private var model: HouseholdsModel

    init(app: AppModel) {
        self.app = app
        _model = State(initialValue: HouseholdsModel(core: app.core))
    }

    var body: some View {
        @Bindable var model = model
        NavigationStack {
            List {
                NoticeRow(notice: model.notice)
                ForEach(model.rows) { row in
                    NavigationLink(value: row) {
                        VStack(alignment: .leading) {
                            Text(row.name).font(.headline)
                            Text(row.place).foregroundStyle(.secondary)
                            Text(row.lastVisit).font(.caption).foregroundStyle(.secondary)
                        }
                    }
                }
                if model.hasMore { Button(app.say(.moreRows)) { Task { await model.loadMore() } } }
                if model.rows.isEmpty { Text(app.say(.noRows)).foregroundStyle(.secondary) }
            }
            .navigationTitle("\(app.say(.households)) (\(model.total))")
            .searchable(text: $model.query, prompt: app.say(.search))
            .navigationDestination(for: HouseholdRow.self) { HouseholdScreen(app: app, id: $0.id) }
            .navigationDestination(for: CaseRow.self) { CaseScreen(app: app, id: $0.id) }
            .opensRecords(app)
            .task(id: "\(app.revision) \(model.query)") { await model.search() }
        }
    }
}

struct HouseholdScreen: View {
    let app: AppModel
    @State private var model: HouseholdModel
    @State private var work: WorkModel
    @State private var shown: LargePhoto?
    @State private var isAsking = false
    @State private var reason = ""

    init(app: AppModel, id: String) {
        self.app = app
        _model = State(initialValue: HouseholdModel(core: app.core, id: id))
        _work = State(initialValue: WorkModel(app: app))
    }

    var body: some View {
        List {
            NoticeRow(notice: model.notice ?? work.notice)
            if let household = model.household { content(household) }
        }
        .navigationTitle(model.household?.name ?? "")
        .task(id: app.revision) { await model.load() }
        .shows(work)
        .sheet(item: $shown) { LargePhotoSheet(photo: $0) }
        .alert(app.say(.openCase), isPresented: $isAsking) {
            TextField(app.say(.reason), text: $reason)
            Button(app.say(.openCase)) {
                Task {
                    _ = await model.openCase(reason: reason)
                    reason = ""
                }
            }
            Button(app.say(.cancel), role: .cancel) { reason = "" }
        }
    }

    @ViewBuilder private func content(_ household: HouseholdView) -> some View {
        Section {
            Text(household.place)
            if !household.address.isEmpty { Text(household.address) }
            ForEach(model.forms) { form in
                Button(form.title, systemImage: "square.and.pencil") {
                    Task { await work.start(form.id, about: "household:\(model.id)") }
                }
            }
            if household.mayOpenCase {
                Button(app.say(.openCase), systemImage: "folder.badge.plus") { isAsking = true }
            }
        }
        ConflictsSection(app: app, conflicts: household.conflicts)
        FactsSection(title: app.say(.facts), facts: household.facts)
        PeopleSection(title: app.say(.members), people: household.members)
        if !household.cases.isEmpty {
            Section(app.say(.cases)) { ForEach(household.cases) { CaseLine(row: $0) } }
        }
        if !household.photos.isEmpty {
            Section(app.say(.photos)) { ForEach(household.photos) { photoLine($0) } }
        }
        RecordSections(sections: household.sections)
        PapersSection(app: app, reference: "household:\(model.id)")
    }

    private func photoLine(_ photo: PhotoRow) -> some View {
        Button {
            Task { shown = await model.photo(photo.reference).map { LargePhoto(id: photo.id, bytes: $0) } }
        } label: {
            HStack {
                if let bytes = model.thumbnails[photo.id], let image = UIImage(data: bytes) {
                    Image(uiImage: image).resizable().scaledToFit().frame(width: 72, height: 72)
                } else {
                    Image(systemName: "photo")
                }
                TwoLines(first: photo.caption, second: photo.taken)
            }
        }
        .disabled(!photo.here)
    }
}

struct CaseScreen: View {
    let app: AppModel
    @State private var model: CaseModel
    @State private var work: WorkModel
    @State private var isAsking = false

    init(app: AppModel, id: String) {
        self.app = app
        _model = State(initialValue: CaseModel(core: app.core, id: id))
        _work = State(initialValue: WorkModel(app: app))
    }

    var body: some View {
        List {
            NoticeRow(notice: model.notice ?? work.notice)
            if let details = model.details {
                if let alarm = details.alarm { AlarmSection(alarm: alarm, work: work) }
                UndecidedSection(branches: details.undecided)
                Section {
                    if details.restricted { Label(app.say(.membersOnly), systemImage: "lock.fill") }
                    Text(details.state)
                    ForEach(model.forms) { form in
                        Button(form.title, systemImage: "square.and.pencil") {
                            Task { await work.start(form.id, about: "case:\(model.id)") }
                        }
                    }
                }
                StepsSection(steps: details.steps, record: "case:\(details.id)", work: work)
                ConflictsSection(app: app, conflicts: details.conflicts)
                if !details.tasks.isEmpty {
                    Section(app.say(.tasks)) { ForEach(details.tasks) { TaskLine(task: $0) } }
                }
                TimelineSection(rows: details.timeline)
                FactsSection(title: app.say(.facts), facts: details.facts)
                PeopleSection(title: app.say(.people), people: details.people)
                TextsSection(title: app.say(.membersOnly), texts: details.members.map(\.name))
                RecordSections(sections: details.sections)
                PapersSection(app: app, reference: "case:\(details.id)")
                if details.mayRestrict {
                    Button(app.say(.restrictCase), systemImage: "lock", role: .destructive) { isAsking = true }
                }
            }
        }
        .confirmationDialog(app.say(.restrictCaseAsk), isPresented: $isAsking, titleVisibility: .visible) {
            Button(app.say(.restrictCase), role: .destructive) { Task { await model.restrict() } }
            Button(app.say(.cancel), role: .cancel) {}
        }
        .shows(work)
        .navigationTitle(model.details?.title ?? "")
        .task(id: app.revision) { await model.load() }
    }
}

struct FactsSection: View {
    let title: String
    let facts: [Fact]

    var body: some View {
        if !facts.isEmpty {
            Section(title) {
                ForEach(facts, id: \.self) { fact in
                    LabeledContent(fact.label, value: fact.value)
                    GroundButton(ground: fact.ground)
                }
            }
        }
    }
}

private struct PeopleSection: View {
    let title: String
    let people: [MemberRow]

    var body: some View {
        if !people.isEmpty {
            Section(title) {
                ForEach(people) { person in
                    NavigationLink(value: RecordAt(person.reference)) {
                        TwoLines(first: person.name, second: person.about)
                    }
                }
            }
        }
    }
}

private struct TextsSection: View {
    let title: String
    let texts: [String]

    var body: some View {
        if !texts.isEmpty {
            Section(title) { ForEach(texts, id: \.self) { Text($0) } }
        }
    }
}
