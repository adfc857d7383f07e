import VangGiaCore

extension QuestionView: Identifiable {
    public var id: String { path }
}

extension Array where Element == QuestionView {
    /// Takes up what an answer changed; the other questions stay as they are, so that a screen redraws nothing else.
    public mutating func apply(_ changes: [QuestionChange]) {
        for change in changes {
            switch change {
            case let .updated(question):
                if let place = place(of: question.path) { self[place] = question }
            case let .appeared(after, question):
                if let old = place(of: question.path) { remove(at: old) }
                // Should its neighbour be unknown, it is shown last rather than lost.
                let stands = after.map { path in place(of: path).map { $0 + 1 } ?? count } ?? 0
                insert(question, at: stands)
            case let .gone(path):
                removeAll { $0.path == path }
            }
        }
    }

    private func place(of path: String) -> Int? { firstIndex { $0.path == path } }
}
