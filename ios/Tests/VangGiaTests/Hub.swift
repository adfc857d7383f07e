import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

struct HubFailure: Error, CustomStringConvertible { let description: String }

/// A real hub process on loopback, with the project's forms and one worker, in a folder of its own.
final class Hub {
    static let commune = "00070"
    static let login = "lan"

    let password: String
    private let program: URL
    private var folder: URL
    private var server: Process?
    private(set) var address = ""

    /// Nothing here can be done without the hub's program and the forms, whose places the environment says.
    init() throws {
        let environment = ProcessInfo.processInfo.environment
        guard let program = environment["VANGGIA_HUB"], let forms = environment["VANGGIA_FORMS"] else {
            throw HubFailure(description: "VANGGIA_HUB and VANGGIA_FORMS are not set: run cargo xtask test --swift")
        }
        self.program = URL(fileURLWithPath: program)
        folder = try newFolder("hub")
        let say = { try run(URL(fileURLWithPath: program), $0) }
        let data = ["--data", folder.path]
        for form in ["vang_gia", "tiep_nhan_tre_em"] { _ = try say(data + ["form", "publish", "\(forms)/\(form)"]) }
        let added = try say(
            data + [
                "user", "add", "--login", Self.login, "--name", "Nguyễn Thị Lan", "--role", "case_manager", "--place",
                "commune:\(Self.commune)", "--on-duty",
            ])
        let words = added.split(whereSeparator: \.isWhitespace)
        guard let place = words.firstIndex(of: "password"), place + 1 < words.count else {
            throw HubFailure(description: "no password in what `user add` prints")
        }
        password = String(words[place + 1])
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// By TLS with the hub's own certificate; or in the clear on loopback, for a browser that doesn't know it.
    func serve(plain: Bool = false, on address: String? = nil) throws {
        stop()
        let listen = address.flatMap { $0.components(separatedBy: "://").last } ?? "127.0.0.1:0"
        let process = Process()
        process.executableURL = program
        process.arguments = ["--data", folder.path, "serve", "--listen", listen] + (plain ? ["--plain"] : [])
        let out = Pipe()
        process.standardOutput = out
        process.standardError = FileHandle.nullDevice
        try process.run()
        server = process
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let some = out.fileHandleForReading.availableData
            guard !some.isEmpty else { throw HubFailure(description: "the hub did not start") }
            line += some
        }
        let text = String(decoding: line, as: UTF8.self)
        guard text.hasPrefix("ready ") else { throw HubFailure(description: "the hub says: \(text)") }
        self.address = text.dropFirst(6).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// As a power cut would: what it acknowledged must be there when it starts again.
    func stop() {
        guard let server else { return }
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
        self.server = nil
    }

    func invite(_ login: String = Hub.login) throws -> String {
        try say("invite", "--login", login, "--address", address).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// One more form of the catalogue.
    func publish(_ form: String) throws {
        let forms = ProcessInfo.processInfo.environment["VANGGIA_FORMS"] ?? ""
        _ = try say("form", "publish", "\(forms)/\(form)")
    }

    func add(_ login: String, name: String, role: String = "case_manager", isOnDuty: Bool = false) throws {
        let user = ["user", "add", "--login", login, "--name", name, "--role", role]
        let place = ["--place", "commune:\(Self.commune)"] + (isOnDuty ? ["--on-duty"] : [])
        _ = try run(program, ["--data", folder.path] + user + place)
    }

    /// The worker is sent to another commune.
    func move(to commune: String) throws {
        _ = try say("user", "places", "--login", Self.login, "--place", "commune:\(commune)")
    }

    /// What the office reads out to whoever sent this request.
    func recover(_ request: String) throws -> String {
        let key = folder.appendingPathComponent("recovery.key").path
        let said = try say("recover", "--key", key, "--request", request)
        return said.replacingOccurrences(of: "code ", with: "").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func backup() throws -> URL {
        let file = try newFolder("backup").appendingPathComponent("hub.tar")
        _ = try say("backup", "--to", file.path)
        return file
    }

    /// In place of this hub, at its address, one from a backup.
    func restore(_ backup: URL) throws {
        stop()
        try FileManager.default.removeItem(at: folder)
        folder = try newFolder("hub")
        _ = try say("restore", "--from", backup.path)
        try serve(on: address)
    }

    private func say(_ arguments: String...) throws -> String {
        try run(program, ["--data", folder.path] + arguments)
    }

    /// What is counted, and records by their kinds.
    func stats() throws -> [String: Int] {
        let text = try say("stats")
        let stats = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        let records = stats["records"] as? [String: Int] ?? [:]
        return stats.compactMapValues { $0 as? Int }.merging(records) { counted, _ in counted }
    }

    /// A page of the console as its worker reads it, asked for with `form` if there is one. Of a hub served in the clear.
    func console(_ path: String, form: String? = nil) async throws -> String {
        let (_, entered) = try await ask("/login", form: "login=\(Self.login)&password=\(password)", cookie: nil)
        let cookie = entered.value(forHTTPHeaderField: "Set-Cookie")?.split(separator: ";").first.map(String.init)
        let (page, response) = try await ask(path, form: form, cookie: cookie)
        guard response.statusCode == 200 else {
            throw HubFailure(description: "\(path): \(response.statusCode)")
        }
        return page
    }

    /// Follows no redirection and keeps no cookies: Foundation on Linux loses those that come with a redirection.
    private func ask(_ path: String, form: String?, cookie: String?) async throws -> (String, HTTPURLResponse) {
        var request = URLRequest(url: try url(path))
        request.httpShouldHandleCookies = false
        request.setValue(cookie, forHTTPHeaderField: "Cookie")
        if let form {
            request.httpMethod = "POST"
            request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
            request.setValue(address, forHTTPHeaderField: "Origin")
            request.httpBody = Data(form.utf8)
        }
        let session = URLSession(configuration: .ephemeral, delegate: NoRedirection(), delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        let (page, response) = try await session.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw HubFailure(description: "no HTTP: \(path)") }
        return (String(decoding: page, as: UTF8.self), response)
    }

    private func url(_ path: String) throws -> URL {
        guard let url = URL(string: address + path) else { throw HubFailure(description: "no URL: \(path)") }
        return url
    }
}

private final class NoRedirection: NSObject, URLSessionTaskDelegate {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) { completionHandler(nil) }
}

/// What it prints; throws with what it complains of if it fails.
private func run(_ program: URL, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let (out, complaints) = (Pipe(), Pipe())
    process.standardOutput = out
    process.standardError = complaints
    try process.run()
    // Both are short: neither pipe can fill up while the other is read.
    let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let wrong = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw HubFailure(description: "vanggia-hub \(arguments.dropFirst(2).joined(separator: " ")): \(wrong)")
    }
    return text
}

func newFolder(_ name: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vanggia-\(name)-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}
