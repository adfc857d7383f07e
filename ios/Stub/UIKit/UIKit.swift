@_exported import Foundation

@MainActor open class UIResponder: NSObject {
    override public nonisolated init() { super.init() }
}

@MainActor open class UIViewController: UIResponder {
    override public nonisolated init() { super.init() }
}

@MainActor open class UINavigationController: UIViewController {}

@MainActor public final class UIDevice {
    public static var current: UIDevice { fatalError() }
    public var model: String { fatalError() }
}

open class UIImage: NSObject, @unchecked Sendable {
    public init?(data: Data) { nil }
    open func jpegData(compressionQuality: CGFloat) -> Data? { nil }
}

public enum UIKeyboardType: Sendable { case `default`, numberPad, decimalPad }

@MainActor public protocol UINavigationControllerDelegate: AnyObject {}

@MainActor public protocol UIImagePickerControllerDelegate: AnyObject {
    func imagePickerController(
        _ picker: UIImagePickerController,
        didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any])
    func imagePickerControllerDidCancel(_ picker: UIImagePickerController)
}

@MainActor open class UIImagePickerController: UINavigationController {
    public enum SourceType: Int, Sendable { case photoLibrary, camera }
    public struct InfoKey: Hashable, RawRepresentable, Sendable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let originalImage = InfoKey(rawValue: "UIImagePickerControllerOriginalImage")
    }
    override public nonisolated init() { super.init() }
    open var sourceType = SourceType.photoLibrary
    open weak var delegate: (any UIImagePickerControllerDelegate & UINavigationControllerDelegate)?
    public static func isSourceTypeAvailable(_ type: SourceType) -> Bool { false }
}
