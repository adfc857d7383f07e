import SwiftUI
import VangGiaCore
import VangGiaModels

/// One or several choices: in the page while they are few, else on a list of their own with search.
struct ChoiceField: View {
    let form: FormModel
    let question: QuestionView
    @Environment(AppModel.self) private var app
    @State private var hasList = false

    private var isLong: Bool { question.choices.count > 8 }

    var body: some View {
        if isLong {
            Button {
                hasList = true
            } label: {
                HStack {
                    Text(question.shown.isEmpty ? app.say(.chooseOne) : question.shown)
                    Spacer()
                    Image(systemName: "chevron.up.chevron.down")
                }
            }
            .sheet(isPresented: $hasList) { ChoiceSheet(form: form, path: question.path) }
        } else {
            ForEach(question.choices) { ChoiceButton(form: form, question: question, choice: $0) }
        }
    }
}

private struct ChoiceButton: View {
    let form: FormModel
    let question: QuestionView
    let choice: ChoiceView

    var body: some View {
        Button(choice.label, systemImage: symbol) { Task { await form.tap(choice, of: question) } }
            .buttonStyle(.borderless)
            .accessibilityAddTraits(choice.chosen ? .isSelected : [])
    }

    private var symbol: String {
        let shape = question.kind == .selectOne ? "circle" : "square"
        guard choice.chosen else { return shape }
        return question.kind == .selectOne ? "largecircle.fill.circle" : "checkmark.square.fill"
    }
}

private struct ChoiceSheet: View {
    let form: FormModel
    let path: String
    @Environment(AppModel.self) private var app
    @Environment(\.dismiss) private var dismiss
    @State private var typed = ""

    var body: some View {
        NavigationStack {
            List {
                // Looked up each time: the answer may change what there is to choose.
                if let question = form.page.questions.first(where: { $0.path == path }) {
                    ForEach(question.choices.matching(typed)) { choice in
                        Button {
                            Task {
                                await form.tap(choice, of: question)
                                if question.kind == .selectOne { dismiss() }
                            }
                        } label: {
                            HStack {
                                Text(choice.label)
                                Spacer()
                                if choice.chosen { Image(systemName: "checkmark") }
                            }
                        }
                        .accessibilityAddTraits(choice.chosen ? .isSelected : [])
                    }
                }
            }
            .searchable(text: $typed, prompt: app.say(.search))
            .toolbar { ToolbarItem(placement: .confirmationAction) { Button(app.say(.close)) { dismiss() } } }
        }
    }
}
