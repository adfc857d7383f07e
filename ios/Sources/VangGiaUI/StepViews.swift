import SwiftUI
import VangGiaCore
import VangGiaModels

/// An emergency that nobody has taken on: what to do comes before whose it is.
struct AlarmSection: View {
    let alarm: AlarmView
    let work: WorkModel
    /// To the page of the record, from another one.
    var leadsOn = false
    @Environment(AppModel.self) private var app

    var body: some View {
        Section {
            VStack(alignment: .leading) {
                Label(alarm.text, systemImage: "exclamationmark.triangle.fill").font(.headline)
                Text(alarm.title)
                if !alarm.duty.isEmpty { Text(alarm.duty).font(.headline) }
            }
            .foregroundStyle(Color.white)
            .accessibilityElement(children: .combine)
            .accessibilityAddTraits(.isHeader)
            .listRowBackground(Color.alarm)
            ForEach(alarm.calls) { call in
                if let url = call.url {
                    Link(destination: url) {
                        Label("\(app.say(.call)) \(call.number) · \(call.name)", systemImage: "phone.fill")
                    }
                }
            }
            if let step = alarm.step { StepButton(step: step, record: alarm.reference, work: work) }
            GroundButton(ground: alarm.ground)
            if leadsOn { NavigationLink(value: RecordAt(alarm.reference)) { Text(app.say(.openRecord)) } }
        }
    }
}

extension Color {
    /// White on it can be read by whoever sees poorly, by day and by night (7 to 1).
    fileprivate static let alarm = Color(red: 0.69, green: 0, blue: 0)
}

/// Steps that different people took from the same place.
struct UndecidedSection: View {
    let branches: [BranchRow]
    @Environment(AppModel.self) private var app

    var body: some View {
        if !branches.isEmpty {
            Section(app.say(.undecided)) {
                Text(app.say(.undecidedHint)).foregroundStyle(.red)
                ForEach(branches) { TwoLines(first: $0.label, second: "\($0.by) · \($0.at)") }
            }
        }
    }
}

/// What the worker may do next in a record.
struct StepsSection: View {
    let steps: [StepRow]
    /// `kind:uuid`.
    let record: String
    let work: WorkModel
    @Environment(AppModel.self) private var app

    var body: some View {
        if !steps.isEmpty {
            Section(app.say(.steps)) {
                ForEach(steps) { step in
                    VStack(alignment: .leading) {
                        StepButton(step: step, record: record, work: work)
                        GroundButton(ground: step.ground)
                    }
                }
            }
        }
    }
}

/// One step; what must be done before stands under it.
struct StepButton: View {
    let step: StepRow
    /// `kind:uuid`.
    let record: String
    let work: WorkModel
    @Environment(AppModel.self) private var app

    var body: some View {
        VStack(alignment: .leading) {
            Button(step.label, systemImage: step.form == nil ? "arrow.right.circle" : "square.and.pencil") {
                Task { await work.take(step, of: record) }
            }
            .buttonStyle(.borderless)
            .disabled(work.isBusy || !step.unmet.isEmpty)
            if step.late { Text(app.say(.overdue)).font(.caption).foregroundStyle(.red) }
            if !step.unmet.isEmpty {
                Text(app.say(.unmet)).font(.caption).foregroundStyle(.secondary)
                ForEach(step.unmet, id: \.self) { Text("•  \($0)").font(.caption) }
            }
        }
    }
}

/// What was done and what is due, the latest last.
struct TimelineSection: View {
    let rows: [TimelineRow]
    @Environment(AppModel.self) private var app

    var body: some View {
        if !rows.isEmpty {
            Section(app.say(.timeline)) {
                // Two lines may be the same.
                ForEach(Array(rows.indices), id: \.self) { line(rows[$0]) }
            }
        }
    }

    private func line(_ row: TimelineRow) -> some View {
        HStack(alignment: .top) {
            Image(systemName: picture(row.kind)).foregroundStyle(isWrong(row.kind) ? Color.red : Color.secondary)
                .accessibilityHidden(true)
            TwoLines(first: row.text, second: marks(row))
        }
        .accessibilityElement(children: .combine)
    }

    private func marks(_ row: TimelineRow) -> String {
        let overdue = row.kind == .overdue ? app.say(.overdue) : ""
        return [overdue, row.at, row.by].filter { !$0.isEmpty }.joined(separator: " · ")
    }

    private func picture(_ kind: TimelineKind) -> String {
        switch kind {
        case .step: "arrow.right.circle"
        case .noEffect: "slash.circle"
        case .met: "checkmark.circle"
        case .late: "clock.badge.checkmark"
        case .void: "minus.circle"
        case .due: "clock"
        case .overdue: "clock.badge.exclamationmark"
        }
    }

    private func isWrong(_ kind: TimelineKind) -> Bool {
        switch kind {
        case .noEffect, .late, .overdue: true
        case .step, .met, .void, .due: false
        }
    }
}

/// What somebody approved, as it was.
struct ApprovedSections: View {
    let approved: ApprovedView
    @Environment(AppModel.self) private var app

    var body: some View {
        Section(app.say(.approved)) {
            Text(approved.text)
            if !approved.revised.isEmpty { Text(approved.revised).foregroundStyle(.red) }
        }
        ForEach(approved.groups, id: \.self) { group in
            // What says nothing but its name was approved too.
            if group.answers.isEmpty { Text(group.title) }
            FactsSection(title: group.title, facts: group.answers)
        }
    }
}

/// What a step asks for before it is taken.
private struct StepSheet: View {
    let model: StepModel
    @Environment(AppModel.self) private var app
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        @Bindable var model = model
        NavigationStack {
            Form {
                Section {
                    Text(model.step.label).font(.headline)
                    if model.step.late { Text(app.say(.stepLate)).foregroundStyle(.red) }
                    GroundButton(ground: model.step.ground)
                }
                if model.step.settles {
                    Section(app.say(.chooseStep)) { ForEach(model.branches) { branch($0) } }
                }
                if model.step.asksWhy {
                    Section(app.say(.reason)) {
                        TextField(app.say(.reason), text: $model.reason, axis: .vertical)
                            .lineLimit(3, reservesSpace: true)
                    }
                }
                NoticeRow(notice: model.notice)
                Button(model.step.form == nil ? model.step.label : app.say(.fillForm)) {
                    Task {
                        await model.take()
                        if model.isTaken { dismiss() }
                    }
                }
                .disabled(!model.canTake)
            }
            .navigationTitle(app.say(.steps))
            .toolbar {
                ToolbarItem(placement: .cancellationAction) { Button(app.say(.cancel)) { dismiss() } }
            }
        }
    }

    private func branch(_ branch: BranchRow) -> some View {
        Button {
            model.chosen = branch.step
        } label: {
            HStack {
                TwoLines(first: branch.label, second: "\(branch.by) · \(branch.at)")
                Spacer()
                if model.chosen == branch.step { Image(systemName: "checkmark").accessibilityHidden(true) }
            }
        }
        .accessibilityAddTraits(model.chosen == branch.step ? .isSelected : [])
    }
}

extension View {
    /// Over a screen, what was begun there: a form, or what a step asks for first.
    func shows(_ work: WorkModel) -> some View {
        @Bindable var work = work
        // A form comes up when the sheet is gone: one at a time.
        return sheet(item: $work.asked, onDismiss: work.goOn) { StepSheet(model: $0) }
            .fullScreenCover(item: $work.form) { FormScreen(form: $0) }
    }
}
