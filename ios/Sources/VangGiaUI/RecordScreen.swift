import SwiftUI
import UIKit
import VangGiaCore
import VangGiaModels

/// The page of a record: households and cases have one of their own.
struct RecordPage: View {
    let app: AppModel
    let at: RecordAt

    var body: some View {
        switch at.kind {
        case "household": HouseholdScreen(app: app, id: at.id)
        case "case": CaseScreen(app: app, id: at.id)
        default: RecordScreen(app: app, reference: at.reference)
        }
    }
}

/// Any record, as the core says it; of a finished form also what was answered.
struct RecordScreen: View {
    let app: AppModel
    @State private var model: RecordModel
    @State private var work: WorkModel
    @State private var shown: LargePhoto?

    init(app: AppModel, reference: String) {
        self.app = app
        _model = State(initialValue: RecordModel(core: app.core, reference: reference))
        _work = State(initialValue: WorkModel(app: app))
    }

    var body: some View {
        List {
            NoticeRow(notice: model.notice ?? work.notice)
            if let page = model.page { content(page) }
        }
        .navigationTitle(model.page?.title ?? "")
        .task(id: app.revision) { await model.load() }
        .shows(work)
        .sheet(item: $shown) { LargePhotoSheet(photo: $0) }
    }

    @ViewBuilder private func content(_ page: RecordView) -> some View {
        if let alarm = page.alarm { AlarmSection(alarm: alarm, work: work) }
        UndecidedSection(branches: page.undecided)
        Section(page.kind) {
            ForEach(page.above) { above in
                NavigationLink(value: RecordAt(above.reference)) { Text(above.title) }
            }
            BadgeLine(badges: page.badges)
            ForEach(page.actions) { action in
                Button(action.label, systemImage: "square.and.pencil") {
                    Task { await work.start(action.form, about: page.reference) }
                }
            }
        }
        StepsSection(steps: page.steps, record: page.reference, work: work)
        ForEach(page.conflicts, id: \.field) { conflict in
            Section("\(app.say(.conflicts)): \(conflict.label)") {
                ForEach(conflict.values) { value in
                    Button {
                        Task { await model.settle(conflict.field, value.change) }
                    } label: {
                        TwoLines(first: "\(app.say(.keepValue)): \(value.text)", second: "\(value.by) · \(value.at)")
                    }
                }
            }
        }
        if !page.clocks.isEmpty {
            Section(app.say(.tasks)) { ForEach(page.clocks) { TaskLine(task: $0) } }
        }
        TimelineSection(rows: page.timeline)
        if let approved = page.approved { ApprovedSections(approved: approved) }
        if let photo = page.photo { Section { photoLine(photo) } }
        FactsSection(title: app.say(.facts), facts: page.facts)
        if let submission = model.submission {
            if submission.formMissing { Text(app.say(.formMissing)).foregroundStyle(.secondary) }
            ForEach(submission.answers, id: \.self) { FactsSection(title: $0.title, facts: $0.answers) }
        }
        RecordSections(sections: page.sections)
        PapersSection(app: app, reference: page.reference)
        if !page.history.isEmpty {
            Section(app.say(.history)) {
                ForEach(page.history) { TwoLines(first: "\($0.by) · \($0.at)", second: $0.fields) }
            }
        }
    }

    private func photoLine(_ photo: PhotoRow) -> some View {
        Button {
            Task { shown = await model.photo(photo.reference).map { LargePhoto(id: photo.reference, bytes: $0) } }
        } label: {
            HStack {
                if let bytes = model.thumbnail, let image = UIImage(data: bytes) {
                    Image(uiImage: image).resizable().scaledToFit().frame(width: 120, height: 120)
                } else {
                    Image(systemName: "photo")
                }
                TwoLines(first: photo.caption, second: photo.taken)
            }
        }
        .disabled(!photo.here)
    }
}

struct LargePhoto: Identifiable {
    let id: String
    let bytes: Data
}

struct LargePhotoSheet: View {
    let photo: LargePhoto

    var body: some View {
        if let image = UIImage(data: photo.bytes) { Image(uiImage: image).resizable().scaledToFit() }
    }
}

/// What lies in a record, kind by kind.
struct RecordSections: View {
    let sections: [RecordSection]

    var body: some View {
        ForEach(sections) { section in
            Section("\(section.title) (\(section.total))") {
                ForEach(section.rows) { row in
                    NavigationLink(value: RecordAt(row.reference)) {
                        VStack(alignment: .leading) {
                            TwoLines(first: row.title, second: row.line)
                            BadgeLine(badges: row.badges)
                        }
                    }
                }
            }
        }
    }
}

/// What phones disagree about in some records; it is decided on the page of each.
struct ConflictsSection: View {
    let app: AppModel
    let conflicts: [ConflictView]

    var body: some View {
        if !conflicts.isEmpty {
            Section(app.say(.conflicts)) {
                ForEach(conflicts, id: \.self) { conflict in
                    // A household's or a case's own is settled on the page of its record, not on its screen.
                    NavigationLink(value: RecordAt(conflict.reference, plain: true)) { Text(conflict.text) }
                }
            }
        }
    }
}

struct BadgeLine: View {
    let badges: [RecordBadge]

    var body: some View {
        if !badges.isEmpty {
            HStack {
                ForEach(badges, id: \.self) { badge in
                    Text(badge.text).font(.caption).foregroundStyle(badge.kind == .state ? Color.secondary : Color.red)
                }
            }
        }
    }
}

extension View {
    /// Where the rows of a list lead.
    func opensRecords(_ app: AppModel) -> some View {
        navigationDestination(for: RecordAt.self) { at in
            if at.plain { RecordScreen(app: app, reference: at.reference) } else { RecordPage(app: app, at: at) }
        }
    }
}
