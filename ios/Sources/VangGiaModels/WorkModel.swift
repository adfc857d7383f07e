import Foundation
import Observation
import VangGiaCore

/// What the worker does from a screen: the form that is open over it, the step that asks for something first, and why
/// something could not be done.
@MainActor
@Observable
public final class WorkModel {
    public var form: FormModel?
    /// The step that asks for a reason, or which of several is to hold.
    public var asked: StepModel?
    public private(set) var isBusy = false
    public private(set) var notice: Notice?

    private let app: AppModel
    /// What was asked last, also when its sheet is closed.
    private var last: StepModel?

    public init(app: AppModel) { self.app = app }

    public func start(_ formId: String, about: String? = nil) async {
        await open { try await FormModel.start(formId, about: about, app: $0) }
    }

    public func resume(_ draft: String) async {
        await open { try await FormModel.resume(draft: draft, app: $0) }
    }

    public func carryOver(_ draft: String) async {
        await open { try await FormModel.carryOver(draft: draft, app: $0) }
    }

    /// Takes a step of a record (`kind:uuid`), opens its form, or asks first.
    public func take(_ step: StepRow, of record: String) async {
        guard !isBusy && step.unmet.isEmpty else { return }
        isBusy = true
        defer { isBusy = false }
        do {
            // Which steps stand beside each other a row of a list doesn't say.
            let branches =
                step.settles ? try await app.core.run { try $0.records().view(reference: record).undecided } : []
            let model = StepModel(step, of: record, branches: branches, app: app)
            guard !model.asks else {
                (asked, last, notice) = (model, model, nil)
                return
            }
            await model.take()
            (form, notice) = (model.form, model.notice)
        } catch {
            notice = Notice(error)
        }
    }

    /// The sheet of the step that asked is closed: its form is next, if it was begun.
    public func goOn() {
        if let begun = last?.form { form = begun }
        last = nil
    }

    private func open(_ make: (AppModel) async throws -> FormModel) async {
        do {
            form = try await make(app)
            notice = nil
        } catch {
            notice = Notice(error)
        }
    }
}

/// A step of a record with what it asks for.
@MainActor
@Observable
public final class StepModel: Identifiable {
    public nonisolated let id = UUID()
    public let step: StepRow
    /// Of one that settles: what it chooses from.
    public let branches: [BranchRow]
    public var reason = ""
    /// The chosen branch's step.
    public var chosen: String?
    public private(set) var isBusy = false
    public private(set) var isTaken = false
    /// Of a step with a form: it is taken when that is finished.
    public private(set) var form: FormModel?
    public private(set) var notice: Notice?

    private let record: String
    private let app: AppModel

    init(_ step: StepRow, of record: String, branches: [BranchRow], app: AppModel) {
        (self.step, self.record, self.branches, self.app) = (step, record, branches, app)
    }

    public var asks: Bool { step.asksWhy || step.settles }

    public var canTake: Bool {
        let isReasonMissing = step.asksWhy && reason.allSatisfy(\.isWhitespace)
        return !isBusy && !isTaken && !isReasonMissing && (!step.settles || chosen != nil)
    }

    public func take() async {
        guard canTake else { return }
        isBusy = true
        defer { isBusy = false }
        let (record, action, reason, chosen) = (record, step.action, reason, chosen)
        do {
            if step.form == nil {
                try await app.core.run {
                    _ = try $0.records().act(reference: record, action: action, reason: reason, chosen: chosen)
                }
                app.changed()
            } else {
                form = try await FormModel.start(step: action, reason: reason, of: record, app: app)
            }
            (isTaken, notice) = (true, nil)
        } catch {
            notice = Notice(error)
        }
    }
}
