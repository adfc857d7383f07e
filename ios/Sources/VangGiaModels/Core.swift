import Dispatch
import Foundation
import VangGiaCore

/// The one lane to the Rust core: its calls block (a password hash, a disk write), so they run here, one after the
/// other and never on the main thread.
public final class Core: Sendable {
    private let app: App
    private let lane = DispatchQueue(label: "vn.vanggia.core", qos: .userInitiated)

    public init(config: AppConfig, keyStore: any KeyStore) throws {
        app = try App.open(config: config, keyStore: keyStore)
    }

    /// Runs `body` on the lane.
    public func run<T: Sendable>(_ body: @escaping @Sendable (App) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            lane.async { [app] in continuation.resume(with: Result { try body(app) }) }
        }
    }

    /// Runs `body` on the lane when those before it are done, and waits: for the moment when iOS suspends the app.
    func runNow<T: Sendable>(_ body: @Sendable (App) throws -> T) rethrows -> T {
        try lane.sync { try body(app) }
    }
}
