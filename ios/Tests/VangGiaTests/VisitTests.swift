import Foundation
import Testing
import VangGiaCore
import VangGiaModels

/// The generated API by itself: a home visit from the invitation to the office's console.
@Suite struct VisitTests {
    @Test @MainActor func aVisitFromTheInvitationToTheConsole() async throws {
        let hub = try Hub()
        try hub.serve()
        let folder = try newFolder("phone")
        defer { try? FileManager.default.removeItem(at: folder) }
        let config = AppConfig(
            folder: folder.path, language: .vietnamese, deviceName: "iPhone thử", appVersion: "0.1.0")
        let app = try App.open(config: config, keyStore: SoftwareKeyStore())
        #expect(app.status() == .notEnrolled)
        #expect(throws: AppError.self) { try app.access().unlock(pin: "135790") }

        let worker = try app.access().enrol(invitation: try hub.invite(), pin: "135790")
        #expect(worker.name == "Nguyễn Thị Lan")
        #expect(app.status() == .unlocked)
        let first = try await sync(app)
        #expect(first.code == "ok", "\(first.text)")
        #expect(first.formsReceived == 2)
        #expect(try app.forms().list().contains { $0.id == "vang_gia" && $0.about == "household" && !$0.restricted })

        // From here on without a network, until the next synchronisation.
        hub.stop()
        let session = try app.forms().start(formId: "vang_gia", about: nil)
        let form = SessionDriver(session: session, page: try session.page())
        let told = try Visit(picture: try Visit.cameraPicture())
        try await fill(form, with: told)
        guard case let .finished(visit) = try session.finish() else {
            Issue.record("the form is not whole")
            return
        }
        let household = try app.households().view(id: try #require(visit.householdId))
        #expect(household.name == told.householdName)
        #expect(household.members.count == 3)
        let visits = try #require(household.sections.first { $0.kind == "visit" })
        #expect(visits.rows.count == 1)
        #expect(household.photos.count == 1)
        let photo = try #require(household.photos.first)
        #expect(try app.records().thumbnail(reference: photo.reference).starts(with: [0xff, 0xd8]))
        let found = try app.households().list(query: "nong van dinh", offset: 0, limit: 10)
        #expect(found.rows.map(\.id) == [household.id])
        #expect(try app.today().view().sync.photosWaiting == 1)
        let offline = try await sync(app)
        #expect(offline.code != "ok" && !offline.text.isEmpty)
        #expect(try app.today().view().sync.photosWaiting == 1)

        try hub.serve(on: hub.address)
        let second = try await sync(app)
        #expect(second.code == "ok", "\(second.code) \(second.text)")
        #expect(second.photosSent == 1 && second.changesSent > 0 && second.heldBack == 0)
        #expect(try app.today().view().sync.changesWaiting == 0)

        let stats = try hub.stats()
        #expect(stats["household"] == 1 && stats["person"] == 3 && stats["visit"] == 1, "\(stats)")
        #expect(stats["submissions"] == 1 && stats["photos_whole"] == 1 && stats["devices"] == 1, "\(stats)")
        #expect(stats["waiting"] == 0 && stats["flagged"] == 0, "\(stats)")
        try hub.serve(plain: true)
        #expect(try await hub.console("/households", form: "q=nong+van+dinh").contains(told.householdName))
        let page = try await hub.console("/households/\(household.id)")
        #expect(told.names.count == 3 && (told.names + [told.caption]).allSatisfy(page.contains))

        app.access().lock()
        #expect(app.status() == .locked)
        #expect { try app.access().unlock(pin: "000000") } throws: {
            guard case AppError.Failed("store.wrong-pin", _, _)? = $0 as? AppError else { return false }
            return true
        }
    }
}

private func sync(_ app: App) async throws -> SyncSummary {
    try await withCheckedThrowingContinuation { continuation in
        do {
            _ = try app.syncing().start(observer: Waiter(continuation))
        } catch {
            continuation.resume(throwing: error)
        }
    }
}

private final class Waiter: SyncObserver {
    private let continuation: CheckedContinuation<SyncSummary, any Error>

    init(_ continuation: CheckedContinuation<SyncSummary, any Error>) { self.continuation = continuation }

    func progress(progress: SyncProgress) {}
    func finished(summary: SyncSummary) { continuation.resume(returning: summary) }
}

@MainActor private final class SessionDriver: FormDriver {
    private let session: FormSession
    private(set) var page: PageView

    init(session: FormSession, page: PageView) {
        self.session = session
        self.page = page
    }

    func give(_ answer: AnswerValue, to path: String) async throws {
        page.apply(try session.answer(path: path, value: answer))
        // What the core says changed is all that changed.
        let anew = try session.page()
        #expect(page == anew)
    }

    func give(picture: Data, to path: String) async throws {
        page.apply(try session.takePhoto(path: path, bytes: picture))
        #expect(try session.photoPreview(path: path)?.starts(with: [0xff, 0xd8]) == true)
    }

    func add(_ path: String) async throws { page = try session.addRepeat(path: path) }

    func turn() async throws -> Bool {
        switch try session.next() {
        case let .moved(page):
            self.page = page
            return false
        case .atEnd: return true
        case let .blocked(_, problems):
            throw HubFailure(description: problems.map { "\($0.path): \($0.problem.text)" }.joined(separator: "; "))
        }
    }
}
