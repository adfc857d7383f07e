import SwiftUI
import VangGiaCore
import VangGiaModels

/// One question: label, hint, the field of its kind, and what is wrong with the answer.
struct QuestionRow: View {
    let form: FormModel
    let question: QuestionView
    @Environment(AppModel.self) private var app
    @State private var hasGuidance = false

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            if !question.groups.isEmpty {
                Text(question.groups.joined(separator: " › ")).font(.caption).foregroundStyle(.secondary)
            }
            StyledText(words: question.label, blocks: question.styled).font(.headline)
            if question.required { Text("*").foregroundStyle(.red).accessibilityLabel(app.say(.required)) }
            if !question.hint.isEmpty {
                StyledText(words: question.hint, blocks: question.styledHint)
                    .font(.caption).foregroundStyle(.secondary)
            }
            if !question.guidance.isEmpty {
                Button(app.say(.guidance), systemImage: "questionmark.circle") { hasGuidance.toggle() }
                    .buttonStyle(.borderless)
                if hasGuidance { StyledText(words: question.guidance, blocks: question.styledGuidance) }
            }
            field
            if let problem = question.problem { Text(problem.text).foregroundStyle(.red) }
        }
        .accessibilityElement(children: .contain)
    }

    @ViewBuilder private var field: some View {
        if question.readonly {
            Text(question.shown)
        } else {
            switch question.kind {
            case .note: EmptyView()
            case .text, .barcode: TypedField(form: form, question: question)
            case .secret: SecretField(form: form, question: question)
            case .longText: TypedField(form: form, question: question, lines: 3)
            case .integer: TypedField(form: form, question: question, keyboard: .numberPad)
            case .decimal: TypedField(form: form, question: question, keyboard: .decimalPad)
            case .date, .time, .dateTime: MomentField(form: form, question: question)
            case .selectOne, .selectMultiple: ChoiceField(form: form, question: question)
            case .rank: RankField(form: form, question: question)
            case let .range(from, to, step):
                RangeField(form: form, question: question, bounds: from...max(from, to), step: step)
            case .location: LocationField(form: form, question: question)
            case .trace: TraceField(form: form, question: question)
            // A signature or a sketch is made on paper and photographed.
            case .photo, .drawing: PhotoField(form: form, question: question)
            case .acknowledge: AcknowledgeField(form: form, question: question)
            case .unsupported: Text(app.say(.unsupported)).foregroundStyle(.secondary)
            }
        }
    }
}

private struct TypedField: View {
    let form: FormModel
    let question: QuestionView
    var lines = 1
    var keyboard = UIKeyboardType.default

    var body: some View {
        let text = Binding(get: { form.text(of: question) }, set: { form.type($0, into: question.path) })
        TextField("", text: text, axis: lines > 1 ? .vertical : .horizontal)
            .lineLimit(lines, reservesSpace: true)
            .keyboardType(question.appearance.contains("numbers") ? .numberPad : keyboard)
            .onSubmit { Task { await form.keepTyped() } }
            .textFieldStyle(.roundedBorder)
            .accessibilityLabel(question.label)
    }
}

private struct SecretField: View {
    let form: FormModel
    let question: QuestionView

    var body: some View {
        SecureField("", text: Binding(get: { form.text(of: question) }, set: { form.type($0, into: question.path) }))
            .onSubmit { Task { await form.keepTyped() } }
            .textFieldStyle(.roundedBorder)
            .accessibilityLabel(question.label)
    }
}

private struct MomentField: View {
    let form: FormModel
    let question: QuestionView
    @Environment(AppModel.self) private var app

    var body: some View {
        if let moment = question.value.moment {
            let shown = Binding(get: { moment }, set: { keep($0) })
            HStack {
                DatePicker("", selection: shown, displayedComponents: components).labelsHidden()
                    .environment(\.timeZone, IsoTime.zone)
                Spacer()
                Button(app.say(.clear), systemImage: "xmark.circle") {
                    Task { await form.answer(question.path, .empty) }
                }
                .labelStyle(.iconOnly)
            }
            Text(question.shown).font(.caption).foregroundStyle(.secondary)
        } else {
            Button(app.say(.chooseOne), systemImage: "calendar") { keep(Date()) }
        }
    }

    private var components: DatePickerComponents {
        switch question.kind {
        case .date: .date
        case .time: .hourAndMinute
        default: [.date, .hourAndMinute]
        }
    }

    private func keep(_ moment: Date) {
        Task { await form.answer(question.path, AnswerValue(moment: moment, as: question.kind)) }
    }
}

private struct RankField: View {
    let form: FormModel
    let question: QuestionView

    var body: some View {
        ForEach(form.ranked(question)) { choice in
            Button(choice.label, systemImage: "arrow.up") { Task { await form.raise(choice, of: question) } }
                .buttonStyle(.borderless)
        }
    }
}

private struct RangeField: View {
    let form: FormModel
    let question: QuestionView
    let bounds: ClosedRange<Double>
    let step: Double
    /// Where the finger is; kept when it lets go.
    @State private var moving: Double?

    var body: some View {
        let place = Binding(get: { moving ?? answered }, set: { moving = $0 })
        Slider(value: place, in: bounds, step: step > 0 ? step : 1) { isMoving in
            guard !isMoving, let number = moving else { return }
            moving = nil
            let value: AnswerValue =
                number == number.rounded() ? .integer(number: Int64(number)) : .decimal(number: number)
            Task { await form.answer(question.path, value) }
        }
        Text(question.shown)
    }

    private var answered: Double {
        switch question.value {
        case let .integer(number): Double(number)
        case let .decimal(number): number
        default: bounds.lowerBound
        }
    }
}

private struct AcknowledgeField: View {
    let form: FormModel
    let question: QuestionView

    var body: some View {
        let isOn = Binding(
            get: { question.value == .acknowledged },
            set: { on in Task { await form.answer(question.path, on ? .acknowledged : .empty) } })
        Toggle(question.label, isOn: isOn).labelsHidden()
    }
}
