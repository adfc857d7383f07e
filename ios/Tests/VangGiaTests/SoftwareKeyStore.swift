import Foundation
import VangGiaCore

/// HMAC-SHA256 under a key in memory, where there is no hardware: for tests only.
final class SoftwareKeyStore: KeyStore, @unchecked Sendable {
    private let lock = NSLock()
    private var key: [UInt8]?

    init(key: [UInt8] = Array("a phone of the tests".utf8)) { self.key = key }

    /// As after a reset of the phone's lock.
    func lose() { lock.withLock { key = nil } }

    func hmac(bytes: Data) throws -> Data {
        guard let key = lock.withLock({ key }) else { throw KeyStoreFailure.Lost }
        return Data(Self.hmac(key, Array(bytes)))
    }

    func renew() throws { lock.withLock { key = Array("its next key".utf8) } }

    static func hmac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var block = key.count > 64 ? sha256(key) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        return sha256(block.map { $0 ^ 0x5c } + sha256(block.map { $0 ^ 0x36 } + message))
    }

    /// FIPS 180-4.
    static func sha256(_ message: [UInt8]) -> [UInt8] {
        var padded = message + [0x80]
        padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
        padded += withUnsafeBytes(of: UInt64(message.count * 8).bigEndian, Array.init)
        var state = fractions(of: 8) { $0.squareRoot() }
        let constants = fractions(of: 64, cbrt)
        for start in stride(from: 0, to: padded.count, by: 64) {
            var words = (0..<16).map { word in
                padded[(start + word * 4)..<(start + word * 4 + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            }
            for t in 16..<64 {
                let (a, b) = (words[t - 15], words[t - 2])
                let small0 = turn(a, 7) ^ turn(a, 18) ^ (a >> 3)
                let small1 = turn(b, 17) ^ turn(b, 19) ^ (b >> 10)
                words.append(words[t - 16] &+ small0 &+ words[t - 7] &+ small1)
            }
            var s = state
            for t in 0..<64 {
                let choice = (s[4] & s[5]) ^ (~s[4] & s[6])
                let majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2])
                let big1 = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)
                let big0 = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)
                let one = s[7] &+ big1 &+ choice &+ constants[t] &+ words[t]
                s = [one &+ big0 &+ majority, s[0], s[1], s[2], s[3] &+ one, s[4], s[5], s[6]]
            }
            state = zip(state, s).map { $0 &+ $1 }
        }
        return state.flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) }
    }

    private static func turn(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }

    /// The first 32 bits of the roots' fractional parts, of the first primes.
    private static func fractions(of count: Int, _ root: (Double) -> Double) -> [UInt32] {
        let primes = (2...400).filter { n in !(2..<n).contains { n % $0 == 0 } }
        return primes.prefix(count).map { prime in
            let value = root(Double(prime))
            return UInt32((value - value.rounded(.down)) * 4_294_967_296)
        }
    }
}
