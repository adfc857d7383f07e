import Foundation
import Observation
import VangGiaCore

/// A form being filled: the present page, and what the worker does to it. What may be asked, what is right and where
/// `next` leads is the core's to say.
@MainActor
@Observable
public final class FormModel: Identifiable {
    public private(set) var page: PageView
    public private(set) var outline: [OutlineRow] = []
    /// Answers that the form had no place for when its draft came to this version.
    public let setAside: [SetAsideRow]
    /// It has just come to a newer version.
    public private(set) var isCarriedOver = false
    /// Why the page can't be left or the form not finished.
    public private(set) var problems: [PlacedProblem] = []
    /// The last page is done: offer to finish.
    public private(set) var isAtEnd = false
    /// What to look at before finishing.
    public private(set) var review: ReviewView?
    public private(set) var finished: FinishedView?
    public private(set) var isAbandoned = false
    public private(set) var isBusy = false
    public private(set) var notice: Notice?
    /// Small JPEGs of the page's photos, by question.
    public private(set) var previews: [String: Data] = [:]
    /// A question to bring into view.
    public var wanted: String?

    public nonisolated let draftId: String
    public nonisolated var id: String { draftId }

    private let app: AppModel
    private let session: FormSession
    /// How long a person rests before what was typed is kept.
    private let rest: Duration
    /// Positions of a way or a piece of land that are too few for an answer.
    var walked: [String: [GeoPosition]] = [:]
    private var typed: [String: String] = [:]
    private var unkept: [String: Task<Void, Never>] = [:]

    private init(app: AppModel, session: FormSession, page: PageView, setAside: [SetAsideRow], rest: Duration) {
        self.app = app
        self.session = session
        draftId = session.draftId()
        self.page = page
        self.setAside = setAside
        self.rest = rest
    }

    public static func start(
        _ formId: String, about: String? = nil, app: AppModel, rest: Duration = .milliseconds(400)
    ) async throws -> FormModel {
        try await make(app, rest) { try $0.forms().start(formId: formId, about: about) }
    }

    /// The form of a step (`StepRow::form`), which is taken in `record` when it is finished.
    public static func start(
        step action: String, reason: String, of record: String, app: AppModel, rest: Duration = .milliseconds(400)
    ) async throws -> FormModel {
        try await make(app, rest) { try $0.forms().startStep(record: record, action: action, reason: reason) }
    }

    public static func resume(
        draft: String, app: AppModel, rest: Duration = .milliseconds(400)
    ) async throws -> FormModel {
        try await make(app, rest) { try $0.forms().resume(draftId: draft) }
    }

    /// Goes on with a draft in the newest version of its form; what has no place there is in `setAside`.
    public static func carryOver(
        draft: String, app: AppModel, rest: Duration = .milliseconds(400)
    ) async throws -> FormModel {
        let model = try await make(app, rest) { try $0.forms().carryOver(draftId: draft) }
        model.isCarriedOver = true
        return model
    }

    private static func make(
        _ app: AppModel, _ rest: Duration, _ open: @escaping @Sendable (App) throws -> FormSession
    ) async throws -> FormModel {
        let (session, page, setAside) = try await app.core.run { core in
            let session = try open(core)
            return (session, try session.page(), try session.setAside())
        }
        let model = FormModel(app: app, session: session, page: page, setAside: setAside, rest: rest)
        await model.loadPreviews()
        return model
    }

    // MARK: Answers

    public func answer(_ path: String, _ value: AnswerValue) async {
        if await change({ try $0.answer(path: path, value: value) }) { await next() }
    }

    public func takePhoto(_ path: String, _ bytes: Data) async {
        isBusy = true
        defer { isBusy = false }
        _ = await change { try $0.takePhoto(path: path, bytes: bytes) }
        previews[path] = nil
        await loadPreviews()
    }

    /// A key stroke in the question's field: kept when the hand rests, or before anything else is done.
    public func type(_ text: String, into path: String) {
        typed[path] = text
        unkept[path]?.cancel()
        unkept[path] = Task { [weak self, rest] in
            try? await Task.sleep(for: rest)
            if !Task.isCancelled { await self?.keepTyped(path) }
        }
    }

    /// What the question's field shows: as it was typed on this page, or the answer.
    public func text(of question: QuestionView) -> String {
        typed[question.path] ?? question.value.fieldText(app.language)
    }

    /// Keeps what was typed and not yet kept.
    public func keepTyped() async {
        for path in unkept.keys.sorted() { await keepTyped(path) }
    }

    private func keepTyped(_ path: String) async {
        guard let timer = unkept.removeValue(forKey: path) else { return }
        timer.cancel()
        guard let text = typed[path], let question = page.questions.first(where: { $0.path == path }) else { return }
        await answer(path, AnswerValue(typed: text, as: question.kind))
    }

    /// Whether the core says to go on to the next page.
    private func change(_ call: @escaping @Sendable (FormSession) throws -> PageUpdate) async -> Bool {
        let index = page.index
        guard let update = await ask(call), index == page.index else { return false }
        var now = page
        now.apply(update)
        if now.index == index {
            page = now
        } else {
            await show(now)
        }
        if !update.page.questions.isEmpty { leaveEnd() }
        problems.removeAll { placed in page.questions.contains { $0.path == placed.path && $0.problem == nil } }
        return update.goesOn
    }

    // MARK: Pages

    public func next() async {
        await keepTyped()
        guard let move = await ask({ try $0.next() }) else { return }
        switch move {
        case let .moved(page): await show(page)
        case let .blocked(update, problems):
            page.apply(update)
            self.problems = problems
            wanted = problems.first?.path
        case .atEnd: await lookBack()
        }
    }

    /// Offers to finish, from whatever page: what is missing, what will be written, what was answered.
    public func lookBack() async {
        await keepTyped()
        guard let found = await ask({ try $0.review() }) else { return }
        review = found
        problems = found.problems
        isAtEnd = true
    }

    private func leaveEnd() {
        isAtEnd = false
        review = nil
    }

    public func back() async { await turn { try $0.back() } }

    public func go(to index: UInt32) async { await turn { try $0.goTo(index: index) } }

    public func go(to problem: PlacedProblem) async {
        if problem.page != page.index {
            let kept = problems
            await go(to: problem.page)
            problems = kept
        }
        wanted = problem.path
    }

    public func addRepeat(_ path: String) async { await turn { try $0.addRepeat(path: path) } }

    public func removeRepeat(_ path: String) async { await turn { try $0.removeRepeat(path: path) } }

    public func loadOutline() async {
        await keepTyped()
        if let rows = await ask({ try $0.outline() }) { outline = rows }
    }

    private func turn(_ call: @escaping @Sendable (FormSession) throws -> PageView) async {
        await keepTyped()
        if let page = await ask(call) { await show(page) }
    }

    private func show(_ page: PageView) async {
        self.page = page
        typed = [:]
        walked = [:]
        problems = []
        leaveEnd()
        isCarriedOver = false
        wanted = nil
        previews = [:]
        await loadPreviews()
    }

    private func loadPreviews() async {
        for question in page.questions where previews[question.path] == nil {
            guard case .photo = question.value else { continue }
            let path = question.path
            guard let found = await ask({ try $0.photoPreview(path: path) }) else { continue }
            previews[path] = found
        }
    }

    // MARK: The end

    public func finish() async {
        await keepTyped()
        isBusy = true
        defer { isBusy = false }
        guard let outcome = await ask({ try $0.finish() }) else { return }
        switch outcome {
        case let .finished(visit):
            finished = visit
            problems = []
            app.changed()
        case let .incomplete(problems):
            leaveEnd()
            self.problems = problems
            if let first = problems.first { await go(to: first) }
        }
    }

    /// Throws the draft and its photos away.
    public func abandon() async {
        unkept.values.forEach { $0.cancel() }
        unkept = [:]
        guard await ask({ try $0.abandon() }) != nil else { return }
        isAbandoned = true
        app.changed()
    }

    public func dismissNotice() { notice = nil }

    private func ask<T: Sendable>(_ call: @escaping @Sendable (FormSession) throws -> T) async -> T? {
        do {
            let answer = try await app.core.run { [session] _ in try call(session) }
            notice = nil
            return answer
        } catch {
            notice = Notice(error)
            return nil
        }
    }
}
