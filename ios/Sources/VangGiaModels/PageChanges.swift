import VangGiaCore

extension QuestionView: Identifiable {
    public var id: String { path }
}

extension RepeatView: Identifiable {
    public var id: String { path }
}

extension PageView {
    /// Takes up what an answer changed; all else stays as it is, so that a screen redraws nothing more.
    public mutating func apply(_ changes: [PageChange]) {
        for change in changes {
            switch change {
            case let .turned(page):
                self = page
            case let .updated(question):
                if let place = place(of: question.path) { questions[place] = question }
            case let .choices(path, choices):
                if let place = place(of: path) { questions[place].choices = choices }
            case let .appeared(after, question):
                if let old = place(of: question.path) { questions.remove(at: old) }
                // Should its neighbour be unknown, it is shown last rather than lost.
                let stands = after.map { path in place(of: path).map { $0 + 1 } ?? questions.count } ?? 0
                questions.insert(question, at: stands)
            case let .gone(path):
                questions.removeAll { $0.path == path }
            case let .repeats(repeats):
                self.repeats = repeats
            case let .frame(breadcrumb, title, isFirst, isLast, progress):
                self.breadcrumb = breadcrumb
                self.title = title
                self.isFirst = isFirst
                self.isLast = isLast
                self.progress = progress
            }
        }
    }

    private func place(of path: String) -> Int? { questions.firstIndex { $0.path == path } }
}
