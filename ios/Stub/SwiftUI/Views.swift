@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder var body: Body { get }
}

extension Never: View { public var body: Never { fatalError() } }
public protocol _Leaf: View where Body == Never {}
extension _Leaf { public var body: Never { fatalError() } }
extension Optional: View where Wrapped: View { public var body: Never { fatalError() } }

@resultBuilder public struct ViewBuilder {
    public static func buildExpression<C: View>(_ content: C) -> C { content }
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildBlock<C: View>(_ content: C) -> C { content }
    public static func buildBlock<each C: View>(_ content: repeat each C) -> TupleView<(repeat each C)> { .init() }
    public static func buildIf<C: View>(_ content: C?) -> C? { content }
    public static func buildEither<T: View, F: View>(first: T) -> _Either<T, F> { .init() }
    public static func buildEither<T: View, F: View>(second: F) -> _Either<T, F> { .init() }
}

public struct TupleView<T>: _Leaf { nonisolated init() {} }
public struct _Either<T, F>: _Leaf { nonisolated init() {} }
public struct EmptyView: _Leaf { public nonisolated init() {} }

// Words and pictures. Apple's take a LocalizedStringKey for a literal; a String is shown as it is.
public struct Text: _Leaf {
    public init<S: StringProtocol>(_ text: S) {}
    public init(_ text: AttributedString) {}
    public func bold() -> Text { self }
    public func italic() -> Text { self }
    public func underline() -> Text { self }
    public func foregroundColor(_ colour: Color?) -> Text { self }
    public static func + (first: Text, second: Text) -> Text { first }
}
public struct Image: _Leaf {
    public init(systemName: String) {}
    public init(uiImage: UIImage) {}
    public func resizable() -> Image { self }
}
public struct Label: _Leaf { public init<S: StringProtocol>(_ title: S, systemImage: String) {} }
public struct LabeledContent: _Leaf { public init<A: StringProtocol, B: StringProtocol>(_ title: A, value: B) {} }
public struct ProgressView: _Leaf {
    public init() {}
    public init<S: StringProtocol>(_ title: S) {}
    public init(value: Double?) {}
    public init<L: View>(value: Double?, @ViewBuilder label: () -> L) {}
}
public struct Spacer: _Leaf { public init() {} }

// Fields
public enum Axis: Sendable { case horizontal, vertical }
public struct TextField: _Leaf {
    public init<S: StringProtocol>(_ title: S, text: Binding<String>) {}
    public init<S: StringProtocol>(_ title: S, text: Binding<String>, axis: Axis) {}
}
public struct SecureField: _Leaf { public init<S: StringProtocol>(_ title: S, text: Binding<String>) {} }
public struct Toggle: _Leaf { public init<S: StringProtocol>(_ title: S, isOn: Binding<Bool>) {} }
public struct Slider: _Leaf {
    public init<V: BinaryFloatingPoint>(
        value: Binding<V>, in bounds: ClosedRange<V>, step: V.Stride = 1,
        onEditingChanged: @escaping (Bool) -> Void = { _ in }
    ) where V.Stride: BinaryFloatingPoint {}
}
public struct DatePickerComponents: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let hourAndMinute = Self(rawValue: 1)
    public static let date = Self(rawValue: 2)
}
public struct DatePicker: _Leaf {
    public init<S: StringProtocol>(_ title: S, selection: Binding<Date>, displayedComponents: DatePickerComponents) {}
}
public struct Link<L: View>: _Leaf { public init(destination: URL, @ViewBuilder label: () -> L) {} }
public struct ShareLink: _Leaf { public init<S: StringProtocol>(_ title: S, item: String) {} }
public struct ButtonRole: Equatable, Sendable { public static let destructive = Self(), cancel = Self() }
public struct Button: _Leaf {
    public init<L: View>(role: ButtonRole? = nil, action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> L)
    {}
    public init<S: StringProtocol>(_ title: S, role: ButtonRole? = nil, action: @escaping @MainActor () -> Void) {}
    public init<S: StringProtocol>(
        _ title: S, systemImage: String, role: ButtonRole? = nil, action: @escaping @MainActor () -> Void
    ) {}
}

// Containers
public struct HorizontalAlignment: Sendable { public static let leading = Self(), center = Self() }
public struct VerticalAlignment: Sendable { public static let top = Self(), center = Self() }
public struct Group<C: View>: _Leaf { public init(@ViewBuilder content: () -> C) {} }
public struct VStack<C: View>: _Leaf {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
}
public struct HStack<C: View>: _Leaf {
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
}
public struct Form<C: View>: _Leaf { public init(@ViewBuilder content: () -> C) {} }
public struct List<C: View>: _Leaf {
    public init(@ViewBuilder content: () -> C) {}
    public init<D: RandomAccessCollection>(_ data: D, @ViewBuilder rowContent: @escaping (D.Element) -> C)
    where D.Element: Identifiable {}
}
public struct ForEach<D: RandomAccessCollection, ID: Hashable, C: View>: _Leaf {
    public init(_ data: D, @ViewBuilder content: @escaping (D.Element) -> C)
    where D.Element: Identifiable, ID == D.Element.ID {}
    public init(_ data: D, id: KeyPath<D.Element, ID>, @ViewBuilder content: @escaping (D.Element) -> C) {}
}
public struct Section: _Leaf {
    public init<C: View>(@ViewBuilder content: () -> C) {}
    public init<S: StringProtocol, C: View>(_ title: S, @ViewBuilder content: () -> C) {}
    public init<C: View, F: View>(@ViewBuilder content: () -> C, @ViewBuilder footer: () -> F) {}
}
public struct NavigationStack<C: View>: _Leaf { public init(@ViewBuilder root: () -> C) {} }
public struct NavigationLink: _Leaf {
    public init<P: Hashable, L: View>(value: P?, @ViewBuilder label: () -> L) {}
}
public struct TabView<C: View>: _Leaf { public init(@ViewBuilder content: () -> C) {} }
public struct UnitPoint: Sendable { public static let center = Self() }
public struct ScrollViewProxy { public func scrollTo<ID: Hashable>(_ id: ID, anchor: UnitPoint? = nil) {} }
public struct ScrollViewReader<C: View>: _Leaf {
    public init(@ViewBuilder content: @escaping (ScrollViewProxy) -> C) {}
}
public struct PeriodicTimelineSchedule { public static func periodic(from: Date, by: TimeInterval) -> Self { .init() } }
public struct TimelineViewDefaultContext { public let date: Date }
public struct TimelineView<C: View>: _Leaf {
    public init(
        _ schedule: PeriodicTimelineSchedule, @ViewBuilder content: @escaping (TimelineViewDefaultContext) -> C
    ) {}
}
public struct ToolbarItemPlacement: Sendable {
    public static let primaryAction = Self(), confirmationAction = Self(), cancellationAction = Self()
}
public struct ToolbarItem<C: View>: _Leaf {
    public init(placement: ToolbarItemPlacement, @ViewBuilder content: () -> C) {}
}

public func withAnimation<R>(_ body: () throws -> R) rethrows -> R { try body() }

// The app, and controllers of UIKit
@MainActor @preconcurrency public protocol UIViewControllerRepresentable: View where Body == Never {
    associatedtype UIViewControllerType: UIViewController
    associatedtype Coordinator
    func makeUIViewController(context: Context) -> UIViewControllerType
    func updateUIViewController(_ controller: UIViewControllerType, context: Context)
    func makeCoordinator() -> Coordinator
    typealias Context = UIViewControllerRepresentableContext<Self>
}
extension UIViewControllerRepresentable { public var body: Never { fatalError() } }
@MainActor public struct UIViewControllerRepresentableContext<R: UIViewControllerRepresentable> {
    public let coordinator: R.Coordinator
}

@MainActor @preconcurrency public protocol Scene {}
@resultBuilder public struct SceneBuilder { public static func buildBlock<S: Scene>(_ scene: S) -> S { scene } }
public struct WindowGroup<C: View>: Scene { public init(@ViewBuilder content: () -> C) {} }
@MainActor @preconcurrency public protocol App {
    associatedtype Body: Scene
    @SceneBuilder var body: Body { get }
    init()
}
extension App { public static func main() {} }
