package vn.vanggia.app

/** Calls what came after Android 8.0, after asking for the version. Everything else is checked to be there. */
@Target(AnnotationTarget.FUNCTION)
@Retention(AnnotationRetention.BINARY)
annotation class Newer
