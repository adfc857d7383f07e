import Foundation
import Observation
import VangGiaCore

/// Makes this phone a device of the worker that an invitation is for.
@MainActor
@Observable
public final class EnrolModel {
    public var invitation = ""
    public var pin = ""
    public var pinAgain = ""
    public private(set) var isBusy = false
    public private(set) var notice: Notice?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

    public var pinsDiffer: Bool { !pinAgain.isEmpty && pin != pinAgain }
    public var canEnrol: Bool { !isBusy && !invitation.isEmpty && !pin.isEmpty && pin == pinAgain }

    public func enrol() async {
        guard canEnrol else { return }
        isBusy = true
        notice = nil
        defer { isBusy = false }
        let invitation = invitation.trimmingCharacters(in: .whitespacesAndNewlines)
        let pin = pin
        do {
            let worker = try await app.core.run { try $0.access().enrol(invitation: invitation, pin: pin) }
            self.invitation = ""
            forgetPins()
            await app.entered(worker)
        } catch {
            notice = Notice(error)
        }
    }

    private func forgetPins() {
        pin = ""
        pinAgain = ""
    }
}

/// The PIN screen.
@MainActor
@Observable
public final class UnlockModel {
    public var pin = ""
    public private(set) var isBusy = false
    public private(set) var notice: Notice?
    private var waitUntil: Date?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

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
