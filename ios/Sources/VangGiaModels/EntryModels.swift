import Foundation
import Observation
import VangGiaCore

/// A PIN that is chosen: typed twice.
public struct NewPin: Equatable, Sendable {
    public var pin = ""
    public var again = ""

    public init(_ pin: String = "", again: String = "") { (self.pin, self.again) = (pin, again) }

    public var differ: Bool { !again.isEmpty && pin != again }
    public var isReady: Bool { !pin.isEmpty && pin == again }
}

/// Makes this phone a device of the worker that an invitation is for.
@MainActor
@Observable
public final class EnrolModel {
    public var invitation = ""
    public var newPin = NewPin()
    public private(set) var isBusy = false
    public private(set) var notice: Notice?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

    public var canEnrol: Bool { !isBusy && !invitation.isEmpty && newPin.isReady }

    public func enrol() async {
        guard canEnrol else { return }
        isBusy = true
        notice = nil
        defer { isBusy = false }
        let invitation = invitation.trimmingCharacters(in: .whitespacesAndNewlines)
        let pin = newPin.pin
        do {
            let worker = try await app.core.run { try $0.access().enrol(invitation: invitation, pin: pin) }
            self.invitation = ""
            newPin = NewPin()
            await app.entered(worker)
        } catch {
            notice = Notice(error)
        }
    }
}

/// The PIN screen, and whose PIN it is.
@MainActor
@Observable
public final class UnlockModel {
    public var pin = ""
    public private(set) var workers: [WorkerOnPhone] = []
    public private(set) var isBusy = false
    public private(set) var notice: Notice?
    private var waitUntil: Date?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

    /// Whom the screen names: with one worker on the phone there is nothing to mix up.
    public var chosen: WorkerOnPhone? { workers.count > 1 ? workers.first { $0.isChosen } : nil }

    public func load() async {
        do {
            workers = try await app.core.run { try $0.access().workers() }
        } catch {
            notice = Notice(error)
        }
    }

    /// The PIN is theirs from now on.
    public func choose(_ worker: WorkerOnPhone) async {
        do {
            try await app.core.run { try $0.access().chooseWorker(id: worker.id) }
            (pin, notice, waitUntil) = ("", nil, nil)
        } catch {
            notice = Notice(error)
        }
        await load()
    }

    /// `nil` when a PIN is taken.
    public func secondsLeft(at now: Date = Date()) -> Int? {
        guard let waitUntil, waitUntil > now else { return nil }
        return Int(waitUntil.timeIntervalSince(now).rounded(.up))
    }

    public func canUnlock(at now: Date = Date()) -> Bool {
        !isBusy && !pin.isEmpty && secondsLeft(at: now) == nil
    }

    public func unlock() async {
        guard canUnlock() else { return }
        isBusy = true
        defer { isBusy = false }
        let pin = pin
        self.pin = ""
        do {
            let worker = try await app.core.run { try $0.access().unlock(pin: pin) }
            notice = nil
            waitUntil = nil
            await app.entered(worker)
        } catch {
            let failure = Notice(error)
            notice = failure
            waitUntil = failure.waitSeconds > 0 ? Date().addingTimeInterval(Double(failure.waitSeconds)) : nil
        }
    }
}
