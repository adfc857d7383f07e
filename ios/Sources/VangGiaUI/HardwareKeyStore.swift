#if canImport(Security) && canImport(CryptoKit)
    import CryptoKit
    import Foundation
    import Security
    import VangGiaCore

    /// HMAC under a key that never leaves this phone.
    ///
    /// The Secure Enclave holds keys of the curve P-256 only. So one is made there, and agrees with a public key whose
    /// private half was thrown away at once: their shared secret is always the same and can be found by this Enclave
    /// alone. It is the HMAC's key, after HKDF. The Keychain holds the Enclave's handle, good for nothing elsewhere,
    /// never in a backup.
    public final class HardwareKeyStore: KeyStore {
        private static let service = "vn.vanggia.key"
        /// Says that a key was made: should the Keychain lack it later, it is lost, and a new one would open nothing.
        private let marker: URL

        /// `folder` is the app's private folder, the one that the core's files are in.
        public init(folder: URL) { marker = folder.appending(path: "key-made") }

        public func hmac(bytes: Data) throws -> Data {
            let code = HMAC<SHA256>.authenticationCode(for: bytes, using: try key())
            return Data(code)
        }

        public func renew() throws {
            for account in ["enclave", "peer", "simulator"] { SecItemDelete(item(account) as CFDictionary) }
            if SecureEnclave.isAvailable { _ = try makeEnclaveKey() } else { _ = try makeKeychainKey() }
        }

        private func key() throws -> SymmetricKey {
            guard SecureEnclave.isAvailable else { return try keychainKey() }
            let made = try load("enclave")
            let peer = try load("peer")
            let handle: SecureEnclave.P256.KeyAgreement.PrivateKey
            let other: P256.KeyAgreement.PublicKey
            if let made, let peer {
                guard let restored = try? SecureEnclave.P256.KeyAgreement.PrivateKey(dataRepresentation: made),
                    let public_ = try? P256.KeyAgreement.PublicKey(rawRepresentation: peer)
                else { throw KeyStoreFailure.Lost }
                (handle, other) = (restored, public_)
            } else {
                try refuseIfMadeBefore()
                (handle, other) = try makeEnclaveKey()
            }
            guard let secret = try? handle.sharedSecretFromKeyAgreement(with: other) else {
                throw KeyStoreFailure.Unavailable
            }
            return secret.hkdfDerivedSymmetricKey(
                using: SHA256.self, salt: Data(), sharedInfo: Data("vanggia hmac 1".utf8), outputByteCount: 32)
        }

        private typealias EnclaveKey = (SecureEnclave.P256.KeyAgreement.PrivateKey, P256.KeyAgreement.PublicKey)

        private func makeEnclaveKey() throws -> EnclaveKey {
            guard let handle = try? SecureEnclave.P256.KeyAgreement.PrivateKey() else {
                throw KeyStoreFailure.Unavailable
            }
            let other = P256.KeyAgreement.PrivateKey().publicKey
            try save("enclave", handle.dataRepresentation)
            try save("peer", other.rawRepresentation)
            try setMarker()
            return (handle, other)
        }

        /// The simulator has no Enclave: a random key in the Keychain stands in for it.
        private func keychainKey() throws -> SymmetricKey {
            if let kept = try load("simulator") { return SymmetricKey(data: kept) }
            try refuseIfMadeBefore()
            return try makeKeychainKey()
        }

        private func makeKeychainKey() throws -> SymmetricKey {
            let key = SymmetricKey(size: .bits256)
            try save("simulator", key.withUnsafeBytes { Data($0) })
            try setMarker()
            return key
        }

        private func refuseIfMadeBefore() throws {
            if FileManager.default.fileExists(atPath: marker.path) { throw KeyStoreFailure.Lost }
        }

        private func setMarker() throws {
            do {
                try Data().write(to: marker)
            } catch {
                throw KeyStoreFailure.Unavailable
            }
        }

        private func load(_ account: String) throws -> Data? {
            var query = item(account)
            query[kSecReturnData as String] = true
            var found: CFTypeRef?
            switch SecItemCopyMatching(query as CFDictionary, &found) {
            case errSecSuccess: return found as? Data
            case errSecItemNotFound: return nil
            // Above all errSecInteractionNotAllowed, before the phone's first unlock.
            default: throw KeyStoreFailure.Unavailable
            }
        }

        private func save(_ account: String, _ data: Data) throws {
            // An app that was deleted and installed again finds its old item.
            SecItemDelete(item(account) as CFDictionary)
            var attributes = item(account)
            attributes[kSecValueData as String] = data
            attributes[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            guard SecItemAdd(attributes as CFDictionary, nil) == errSecSuccess else {
                throw KeyStoreFailure.Unavailable
            }
        }

        private func item(_ account: String) -> [String: Any] {
            [
                kSecClass as String: kSecClassGenericPassword,
                kSecAttrService as String: Self.service,
                kSecAttrAccount as String: account,
            ]
        }
    }
#endif
