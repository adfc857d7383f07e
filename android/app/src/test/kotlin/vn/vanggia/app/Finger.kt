package vn.vanggia.app

import android.app.AlertDialog
import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.ListView
import android.widget.TextView
import org.junit.Assert.assertTrue
import org.junit.Assert.fail
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowDialog
import vn.vanggia.testing.Hub
import java.io.File
import java.io.FileOutputStream
import java.time.Duration

/** Uses the app as a person does: looks for words, touches, types, and takes pictures of what stands there. */
class Finger(val activity: MainActivity, shelf: String = "") {
    private val folder = File(Hub.property("vanggia.target"), "screenshots/android/$shelf").also { it.mkdirs() }
    private var pictures = 0

    /** Until the core has answered everything and nothing waits on the main thread. */
    fun settle() {
        repeat(MOST_WAITS) {
            shadowOf(Looper.getMainLooper()).idle()
            if (activity.core.pending == 0 && !activity.app.sync.running) return
            Thread.sleep(5)
        }
        fail("the app did not come to rest")
    }

    /** As time passes for a person who does nothing. */
    fun rest(seconds: Long) {
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofSeconds(seconds))
        settle()
    }

    fun views(root: View = activity.window.decorView): List<View> {
        val children = (root as? ViewGroup)?.let { group -> (0 until group.childCount).map(group::getChildAt) }.orEmpty()
        return listOf(root) + children.flatMap { views(it) }
    }

    fun shown(): List<View> = views().filter { it.isShown }

    fun words(): List<String> = shown().filterIsInstance<TextView>().map { it.text.toString() }.filter { it.isNotEmpty() }

    fun sees(words: String) = words().any { words in it }

    fun expect(words: String) {
        if (!sees(words)) fail("no “$words” among ${words()}")
    }

    /** Touches what bears these words, or is described by them. */
    fun touch(words: String, within: View? = null) {
        val all = (within?.let { views(it) } ?: views()).filter { it.isShown && target(it) != null }
        val found = all.firstOrNull { (it as? TextView)?.text?.toString() == words || it.contentDescription?.toString() == words }
            ?: all.firstOrNull { (it as? TextView)?.text?.startsWith(words) == true }
            ?: throw AssertionError("nothing to touch by “$words” among ${words()}")
        press(found)
    }

    fun press(view: View) {
        val target = requireNotNull(target(view)) { "$view takes no touch" }
        assertTrue("$view takes no touch now", target.isEnabled)
        target.performClick()
        settle()
    }

    private fun target(view: View): View? = generateSequence(view) { it.parent as? View }.firstOrNull { it.isClickable }

    fun type(field: EditText, words: String) {
        field.requestFocus()
        field.setText(words)
        field.setSelection(field.text.length)
        settle()
    }

    fun pin(digits: String) {
        digits.forEach { touch(it.toString()) }
        touch(activity.getString(R.string.pin_ok))
    }

    /** Touches the line of a list that bears these words. */
    fun choose(words: String) {
        val list = shown().filterIsInstance<ListView>().single()
        val at = (0 until list.childCount).firstOrNull { n -> views(list.getChildAt(n)).any { (it as? TextView)?.text?.toString() == words } }
            ?: throw AssertionError("no line “$words” among ${words()}")
        list.performItemClick(list.getChildAt(at), list.firstVisiblePosition + at, list.firstVisiblePosition + at.toLong())
        settle()
    }

    fun search(words: String) = type(shown().filterIsInstance<EditText>().first(), words)

    fun dialog(): AlertDialog = ShadowDialog.getLatestDialog() as AlertDialog

    /** Agrees to what a dialog says. */
    fun answer() {
        dialog().getButton(AlertDialog.BUTTON_POSITIVE).performClick()
        settle()
    }

    /** Writes what stands on the screen into `target/screenshots/android`, and looks whether everybody can use it. */
    fun picture(name: String) {
        settle()
        val view = activity.window.decorView
        // The clock stands still here, and with it each animation.
        view.jumpDrawablesToCurrentState()
        val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        view.draw(Canvas(bitmap))
        pictures++
        FileOutputStream(File(folder, "%02d-%s.png".format(pictures, name))).use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
        inspect(name)
    }

    /** Large enough for a finger, named for a screen reader, and no word cut off. */
    fun inspect(name: String, root: View = activity.window.decorView) {
        val least = activity.dp(48) - 1
        for (view in views(root).filter { it.isShown && it.isClickable && it.hasOnClickListeners() }) {
            val label = views(view).any { !it.contentDescription.isNullOrEmpty() || !(it as? TextView)?.text.isNullOrEmpty() }
            assertTrue("$name: nothing says what $view is", label)
            assertTrue("$name: ${view.width} × ${view.height} px is too small to touch: $view", view.width >= least && view.height >= least)
        }
        for (text in views(root).filterIsInstance<TextView>().filter { it.isShown && it.layout != null && it !is EditText }) {
            val layout = text.layout
            val room = text.width - text.compoundPaddingLeft - text.compoundPaddingRight
            val widest = (0 until layout.lineCount).maxOfOrNull { layout.getLineMax(it).toInt() } ?: 0
            assertTrue("$name: “${text.text}” is cut: $widest of $room px", widest <= room + 1 || text.ellipsize != null)
        }
    }

    private companion object {
        /** Of five milliseconds each. */
        const val MOST_WAITS = 12_000
    }
}
