import VangGiaCore

extension FormModel {
    /// A tap on a choice: of one among many it takes the place of the other, or goes if it was the chosen one; of
    /// several it is added or taken away, in the list's order.
    public func tap(_ choice: ChoiceView, of question: QuestionView) async {
        let chosen = question.value.chosen
        switch question.kind {
        case .selectOne:
            let isTakenBack = chosen == [choice.value]
            await answer(question.path, isTakenBack ? .empty : .choice(value: choice.value))
        case .selectMultiple:
            var wanted = Set(chosen)
            if wanted.remove(choice.value) == nil { wanted.insert(choice.value) }
            let values = question.choices.map(\.value).filter(wanted.contains)
            await answer(question.path, values.isEmpty ? .empty : .choices(values: values))
        default: break
        }
    }

    /// The choices of a question that puts them in order, as they stand now.
    public func ranked(_ question: QuestionView) -> [ChoiceView] {
        let order = question.value.chosen
        let byValue = Dictionary(question.choices.map { ($0.value, $0) }, uniquingKeysWith: { first, _ in first })
        return order.compactMap { byValue[$0] } + question.choices.filter { !order.contains($0.value) }
    }

    /// Adds a position to a way or to the corners of a piece of land. Too few of them are kept here, as they are no
    /// answer yet.
    public func add(_ position: GeoPosition, to question: QuestionView) async {
        await keep(points(of: question) + [position], for: question)
    }

    public func dropLastPoint(of question: QuestionView) async {
        await keep(points(of: question).dropLast(), for: question)
    }

    /// The answer's positions, or those that are too few for one.
    public func points(of question: QuestionView) -> [GeoPosition] {
        if case let .points(points) = question.value { return points }
        return walked[question.path] ?? []
    }

    /// How many positions an answer needs.
    public func least(_ question: QuestionView) -> Int {
        question.kind == .trace(closed: true) ? 3 : 2
    }

    private func keep(_ points: [GeoPosition], for question: QuestionView) async {
        walked[question.path] = points
        if points.count >= least(question) {
            await answer(question.path, .points(points: points))
        } else if question.value != .empty {
            await answer(question.path, .empty)
        }
    }

    /// Moves a choice one place up.
    public func raise(_ choice: ChoiceView, of question: QuestionView) async {
        var values = ranked(question).map(\.value)
        guard let place = values.firstIndex(of: choice.value), place > 0 else { return }
        values.swapAt(place, place - 1)
        await answer(question.path, .choices(values: values))
    }
}
