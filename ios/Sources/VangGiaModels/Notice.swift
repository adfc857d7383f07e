import Foundation
import VangGiaCore

/// Something to tell the worker: the core's finished text, and its code to decide by.
public struct Notice: Equatable, Sendable, Identifiable {
    public let code: String
    public let text: String
    /// Seconds until the next try is taken; else 0.
    public let waitSeconds: UInt32

    public var id: String { code }

    /// No PIN and no code opens the chosen worker's data any more.
    public var opensNoMore: Bool { ["store.key-file-damaged", "app.nothing-salvaged"].contains(code) }

    public init(_ error: any Error) {
        if case let AppError.Failed(code, text, waitSeconds) = error {
            self.code = code
            self.text = text
            self.waitSeconds = waitSeconds
        } else {
            // Not from the core, such as a panic caught at its border: only its kind may be shown.
            code = "shell.\(type(of: error))"
            text = ""
            waitSeconds = 0
        }
    }
}
