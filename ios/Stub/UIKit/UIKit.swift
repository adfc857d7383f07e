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

@MainActor open class UIPrintInfo: NSObject {
    public enum OutputType: Int, Sendable { case general, photo, grayscale, photoGrayscale }
    public init(dictionary: [AnyHashable: Any]?) {}
    open var jobName = ""
    open var outputType = OutputType.general
}

@MainActor open class UIPrintFormatter: NSObject {
    override public nonisolated init() { super.init() }
}

@MainActor open class UIMarkupTextPrintFormatter: UIPrintFormatter {
    public init(markupText: String) { super.init() }
}

@MainActor public final class UIPrintInteractionController: NSObject {
    public typealias CompletionHandler = (UIPrintInteractionController, Bool, (any Error)?) -> Void
    public class var shared: UIPrintInteractionController { fatalError() }
    public var printInfo: UIPrintInfo?
    public var printFormatter: UIPrintFormatter?
    @discardableResult
    public func present(animated: Bool, completionHandler: CompletionHandler?) -> Bool { false }
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
