import Foundation
import Observation
import VangGiaCore

/// A synchronisation as it goes.
@MainActor
@Observable
public final class SyncModel {
    public private(set) var progress: SyncProgress?
    public private(set) var summary: SyncSummary?
    public private(set) var isRunning = false
    public private(set) var notice: Notice?

    private let app: AppModel
    private var handle: SyncHandle?

    public init(app: AppModel) { self.app = app }

    /// Between 0 and 1, or `nil` while the whole is not known.
    public var fraction: Double? {
        guard let progress, progress.total > 0 else { return nil }
        return min(1, Double(progress.done) / Double(progress.total))
    }

    /// Returns when the core has said its last word.
    public func sync() async {
        guard !isRunning else { return }
        isRunning = true
        (progress, summary, notice) = (nil, nil, nil)
        let (events, sink) = AsyncStream.makeStream(of: SyncEvent.self)
        do {
            handle = try await app.core.run { try $0.syncing().start(observer: SyncRelay(sink)) }
            for await event in events {
                switch event {
                case let .progress(progress): self.progress = progress
                case let .finished(summary): self.summary = summary
                }
            }
            app.changed()
        } catch {
            notice = Notice(error)
        }
        handle = nil
        isRunning = false
    }

    /// Stops at the next chunk; what came through stays. Not through the lane: it only sets a flag.
    public func cancel() { handle?.cancel() }
}

private enum SyncEvent: Sendable {
    case progress(SyncProgress)
    case finished(SyncSummary)
}

/// Carries the core's calls, made on its own thread, to whoever reads the stream.
private final class SyncRelay: SyncObserver {
    private let sink: AsyncStream<SyncEvent>.Continuation

    init(_ sink: AsyncStream<SyncEvent>.Continuation) { self.sink = sink }

    func progress(progress: SyncProgress) { sink.yield(.progress(progress)) }

    func finished(summary: SyncSummary) {
        sink.yield(.finished(summary))
        sink.finish()
    }
}
