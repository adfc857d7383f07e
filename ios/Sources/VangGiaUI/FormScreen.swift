import SwiftUI
import VangGiaCore
import VangGiaModels

/// A form over the whole screen, from its first page to what follows from it.
struct FormScreen: View {
    let form: FormModel
    @Environment(AppModel.self) private var app
    @Environment(\.dismiss) private var dismiss
    @State private var isAsking = false
    @State private var hasOutline = false

    var body: some View {
        NavigationStack {
            Group {
                if let visit = form.finished { FinishedPage(visit: visit) } else { FormPageView(form: form) }
            }
            .navigationTitle(form.page.formTitle)
            .toolbar {
                ToolbarItem(placement: .cancellationAction) {
                    // Every answer is kept already: closing leaves a draft.
                    Button(app.say(.close)) {
                        Task {
                            await form.keepTyped()
                            app.changed()
                            dismiss()
                        }
                    }
                }
                if form.finished == nil {
                    ToolbarItem(placement: .primaryAction) {
                        Button(app.say(.outline), systemImage: "list.bullet.indent") { hasOutline = true }
                    }
                    ToolbarItem(placement: .primaryAction) {
                        Button(app.say(.abandon), systemImage: "trash", role: .destructive) { isAsking = true }
                    }
                }
            }
            .alert(app.say(.abandonAsk), isPresented: $isAsking) {
                Button(app.say(.abandon), role: .destructive) {
                    Task {
                        await form.abandon()
                        if form.isAbandoned { dismiss() }
                    }
                }
                Button(app.say(.keep), role: .cancel) {}
            }
            .sheet(isPresented: $hasOutline) { OutlineSheet(form: form) }
        }
    }
}

/// One page of a form: its questions, or a repeat's instances.
public struct FormPageView: View {
    private let form: FormModel
    @Environment(AppModel.self) private var app

    public init(form: FormModel) { self.form = form }

    public var body: some View {
        ScrollViewReader { reader in
            List {
                heading
                if form.isCarriedOver { SetAsideSection(rows: form.setAside) }
                ForEach(form.page.questions) { QuestionRow(form: form, question: $0) }
                ForEach(form.page.repeats) { RepeatSection(form: form, rows: $0) }
                ProblemsSection(form: form)
                NoticeRow(notice: form.notice)
                if let review = form.review { ReviewSections(form: form, review: review) }
                if form.isAtEnd {
                    Section {
                        Text(app.say(.finishReady))
                        Button(app.say(.finish)) { Task { await form.finish() } }.disabled(form.isBusy)
                    }
                }
            }
            .onChange(of: form.wanted) { _, path in
                guard let path else { return }
                withAnimation { reader.scrollTo(path, anchor: .center) }
                form.wanted = nil
            }
        }
        .safeAreaInset(edge: .bottom) { PageBar(form: form) }
    }

    @ViewBuilder private var heading: some View {
        VStack(alignment: .leading) {
            if !form.page.breadcrumb.isEmpty {
                Text(form.page.breadcrumb.joined(separator: " › ")).font(.caption).foregroundStyle(.secondary)
            }
            if !form.page.title.isEmpty { Text(form.page.title).font(.headline) }
        }
        .accessibilityElement(children: .combine)
    }
}

private struct PageBar: View {
    let form: FormModel
    @Environment(AppModel.self) private var app

    var body: some View {
        VStack {
            ProgressView(value: Double(form.page.progress) / 100)
            HStack {
                Button(app.say(.back), systemImage: "chevron.left") { Task { await form.back() } }
                    .disabled(form.page.isFirst)
                Spacer()
                Button(app.say(.next), systemImage: "chevron.right") { Task { await form.next() } }
            }
        }
        .padding()
        .background(.bar)
    }
}

private struct RepeatSection: View {
    let form: FormModel
    let rows: RepeatView
    @Environment(AppModel.self) private var app

    var body: some View {
        Section(rows.title) {
            ForEach(rows.instances) { row in
                Button(row.title) { Task { await form.go(to: row.firstPage) } }
                    .swipeActions {
                        if rows.canRemove {
                            Button(app.say(.remove), role: .destructive) { Task { await form.removeRepeat(row.path) } }
                        }
                    }
            }
            if rows.canAdd {
                Button(app.say(rows.instances.isEmpty ? .add : .addAnother), systemImage: "plus") {
                    Task { await form.addRepeat(rows.path) }
                }
            }
        }
    }
}

/// What will be written and what was answered; each answer leads to its page.
private struct ReviewSections: View {
    let form: FormModel
    let review: ReviewView
    @Environment(AppModel.self) private var app

    var body: some View {
        if !review.changes.isEmpty {
            Section(app.say(.reviewChanges)) { ForEach(review.changes, id: \.self) { Text($0) } }
        }
        ForEach(review.sections) { section in
            Section(section.title) {
                ForEach(section.rows) { row in
                    Button {
                        Task { await form.go(to: section.page) }
                    } label: {
                        TwoLines(first: row.label, second: row.value)
                    }
                }
            }
        }
    }
}

private struct ProblemsSection: View {
    let form: FormModel
    @Environment(AppModel.self) private var app

    var body: some View {
        if !form.problems.isEmpty {
            Section(app.say(.problems)) {
                ForEach(form.problems, id: \.path) { placed in
                    Button {
                        Task { await form.go(to: placed) }
                    } label: {
                        TwoLines(first: placed.label, second: placed.problem.text)
                    }
                }
            }
        }
    }
}

/// Answers that a newer version of the form has no place for.
private struct SetAsideSection: View {
    let rows: [SetAsideRow]
    @Environment(AppModel.self) private var app

    var body: some View {
        if !rows.isEmpty {
            Section(app.say(.setAside)) {
                ForEach(rows, id: \.self) { TwoLines(first: "\($0.label): \($0.value)", second: $0.text) }
            }
        }
    }
}

private struct OutlineSheet: View {
    let form: FormModel
    @Environment(AppModel.self) private var app
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        NavigationStack {
            List {
                ForEach(form.outline) { row in
                    Button {
                        Task {
                            await form.go(to: row.index)
                            dismiss()
                        }
                    } label: {
                        HStack {
                            Text(row.title).padding(.leading, CGFloat(row.depth) * 16)
                            Spacer()
                            if row.hasProblem { Image(systemName: "exclamationmark.circle").foregroundStyle(.red) }
                            if row.isCurrent { Image(systemName: "checkmark") }
                        }
                    }
                }
                Button(app.say(.review)) {
                    Task {
                        await form.lookBack()
                        dismiss()
                    }
                }
                SetAsideSection(rows: form.setAside)
            }
            .navigationTitle(app.say(.outline))
            .task { await form.loadOutline() }
        }
    }
}

private struct FinishedPage: View {
    let visit: FinishedView
    @Environment(AppModel.self) private var app

    var body: some View {
        List {
            Section { Label(visit.title, systemImage: "checkmark.circle") }
            if !visit.advice.isEmpty {
                Section(app.say(.advice)) {
                    ForEach(visit.advice, id: \.self) { advice in
                        VStack(alignment: .leading) {
                            Text(advice.text)
                            GroundButton(ground: advice.ground)
                        }
                    }
                }
            }
        }
    }
}
