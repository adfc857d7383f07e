@_exported import Foundation

public protocol HashFunction: Sendable {}
public struct SHA256: HashFunction {}

public struct SymmetricKeySize: Sendable { public static var bits256: Self { .init() } }

public struct SymmetricKey: Sendable {
    public init(size: SymmetricKeySize) { fatalError() }
    public init(data: Data) { fatalError() }
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R { fatalError() }
}

public struct HashedAuthenticationCode<H: HashFunction>: Sequence {
    public func makeIterator() -> IndexingIterator<[UInt8]> { fatalError() }
}

public enum HMAC<H: HashFunction> {
    public static func authenticationCode(for data: Data, using key: SymmetricKey) -> HashedAuthenticationCode<H> {
        fatalError()
    }
}

public struct SharedSecret: Sendable {
    public func hkdfDerivedSymmetricKey<H: HashFunction>(
        using hash: H.Type, salt: Data, sharedInfo: Data, outputByteCount: Int
    ) -> SymmetricKey { fatalError() }
}

public enum P256 {
    public enum KeyAgreement {
        public struct PublicKey: Sendable {
            public init(rawRepresentation: Data) throws { fatalError() }
            public var rawRepresentation: Data { fatalError() }
        }
        public struct PrivateKey: Sendable {
            public init() { fatalError() }
            public var publicKey: PublicKey { fatalError() }
        }
    }
}

public enum SecureEnclave {
    public static var isAvailable: Bool { fatalError() }
    public enum P256 {
        public enum KeyAgreement {
            public struct PrivateKey: Sendable {
                public init() throws { fatalError() }
                public init(dataRepresentation: Data) throws { fatalError() }
                public var dataRepresentation: Data { fatalError() }
                public func sharedSecretFromKeyAgreement(
                    with other: CryptoKit.P256.KeyAgreement.PublicKey
                ) throws -> SharedSecret { fatalError() }
            }
        }
    }
}
