import Foundation
import Observation
import VangGiaCore

/// Where the app stands; decides the first screen.
@MainActor
@Observable
public final class AppModel {
    public private(set) var status: AppStatus = .locked
    public private(set) var worker: WorkerView?
    public private(set) var notice: Notice?
    public private(set) var language: Language
    /// Grows when what screens show may have changed, as after a finished form or a synchronisation.
    public private(set) var revision = 0
    /// Grows when no screen may stay as it stands, as when restricted cases were hidden.
    public private(set) var generation = 0

    @ObservationIgnored public let core: Core

    public init(core: Core, language: Language = .vietnamese) {
        self.core = core
        self.language = language
    }

    public func refresh() async {
        do {
            status = try await core.run { $0.status() }
        } catch {
            notice = Notice(error)
        }
    }

    /// After enrolment or the right PIN.
    public func entered(_ worker: WorkerView) async {
        self.worker = worker
        await refresh()
    }

    public func changed() { revision += 1 }

    public func dismissNotice() { notice = nil }

    public func use(_ language: Language) async {
        self.language = language
        try? await core.run { $0.setLanguage(language: language) }
        changed()
    }

    public func lock() async {
        try? await core.run { $0.access().lock() }
        worker = nil
        await refresh()
    }

    /// Takes restricted cases out of sight until the next PIN.
    public func hideRestricted() async throws {
        worker = try await core.run { try $0.access().hideRestricted() }
        generation += 1
        changed()
    }

    /// Puts the chosen worker's data aside, which nothing opens any more: another worker's PIN or an enrolment is next.
    public func setAside() async throws {
        try await core.run { try $0.access().setAside() }
        worker = nil
        await refresh()
        generation += 1
    }

    /// Returns with the files closed: iOS kills an app that is suspended with an open database. Before the PIN there is
    /// nothing to close, and what was typed there stays.
    public func pause() {
        status = core.runNow { app in
            app.pause()
            return app.status()
        }
    }

    public func resume() async {
        guard status == .paused else { return }
        do {
            status = try await core.run { try $0.resume() }
            if status != .unlocked { worker = nil }
            changed()
        } catch {
            notice = Notice(error)
            await refresh()
        }
    }
}
