import VangGiaCore

extension QuestionView: Identifiable {
    public var id: String { path }
}

extension RepeatView: Identifiable {
    public var id: String { path }
}

extension PageView {
    /// Takes up what an answer changed, as `PageView::apply` in the core: all else stays as it is, so that a screen
    /// redraws nothing more.
    public mutating func apply(_ update: PageUpdate) {
        let byPath = Dictionary((questions + update.page.questions).map { ($0.path, $0) }) { $1 }
        self = update.page
        questions = update.order.compactMap { byPath[$0] }
    }
}
