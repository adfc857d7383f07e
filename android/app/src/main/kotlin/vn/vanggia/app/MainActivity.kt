package vn.vanggia.app

import android.app.Activity
import android.app.AlertDialog
import android.content.Intent
import android.content.pm.PackageManager
import android.content.res.Configuration
import android.os.Bundle
import android.view.View
import android.view.WindowManager
import android.view.inputmethod.InputMethodManager
import android.webkit.WebView
import android.widget.EditText
import vn.vanggia.app.screens.CasesScreen
import vn.vanggia.app.screens.EnrolScreen
import vn.vanggia.app.screens.HouseholdsScreen
import vn.vanggia.app.screens.SalvageScreen
import vn.vanggia.app.screens.SetAsideScreen
import vn.vanggia.app.screens.SyncScreen
import vn.vanggia.app.screens.TakesInvitation
import vn.vanggia.app.screens.TodayScreen
import vn.vanggia.app.screens.UnlockScreen
import vn.vanggia.app.screens.opensNoMore
import vn.vanggia.core.AppStatus

/** The window: a stack of screens between a bar and the tabs. */
class MainActivity : Activity() {
    val app get() = application as VanggiaApp
    val core get() = app.core

    private val stack = ArrayList<Screen>()
    private lateinit var frame: Frame
    private val permissions = HashMap<Int, (Boolean) -> Unit>()
    private var language = ""
    /** What another app handed over and nobody has used; or empty. */
    var invitation = ""
    /** A paper that is being drawn for printing: nothing else holds it. */
    var paper: WebView? = null

    val top: Screen? get() = stack.lastOrNull()

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        // No picture of a household in the list of recent apps, in a screenshot or on a cast screen.
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        frame = Frame(this, ::openTab) { if (top?.up() != true) onBackPressed() }
        setContentView(frame.root)
        language = getString(R.string.language)
        core.onPending = frame::busy
        invitation = invitationOf(intent).orEmpty()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        invitation = invitationOf(intent) ?: return
        (top as? TakesInvitation)?.field?.invitation = invitation
    }

    private fun invitationOf(intent: Intent): String? =
        (intent.dataString ?: intent.getStringExtra(Intent.EXTRA_TEXT))?.trim()?.takeIf { it.startsWith("vanggia:") }

    /** The app came to the front: the core opens its files again, or asks for the PIN. */
    fun entered() {
        core.ask({ app -> if (app.status() == AppStatus.PAUSED) app.resume() else app.status() }) { answer ->
            if (isDestroyed) return@ask
            when (answer) {
                is Answer.Good ->
                    if (stack.isNotEmpty() && (answer.value == AppStatus.UNLOCKED) != (top?.beforePin == true)) top?.shown()
                    else open(answer.value)
                is Answer.Failed -> showError(answer, ::entered)
            }
        }
    }

    fun left() {
        top?.hidden()
        core.tell { it.pause() }
    }

    /** The first screen for where the app stands. */
    fun restart() = core.ask({ it.status() }) { answer ->
        if (answer is Answer.Good && !isDestroyed) open(answer.value)
    }

    private fun open(status: AppStatus) {
        when (status) {
            AppStatus.NOT_ENROLLED -> only(EnrolScreen(this))
            AppStatus.LOCKED -> only(UnlockScreen(this))
            AppStatus.UNLOCKED, AppStatus.PAUSED -> only(TodayScreen(this))
        }
    }

    /** After the PIN, with what this worker sees first. */
    fun enter(screen: Screen) {
        app.sync.forget()
        only(screen)
    }

    fun lock() {
        core.tell { it.access().lock() }
        only(UnlockScreen(this))
    }

    fun openTab(tab: Tab) = only(
        when (tab) {
            Tab.TODAY -> TodayScreen(this)
            Tab.HOUSEHOLDS -> HouseholdsScreen(this)
            Tab.CASES -> CasesScreen(this)
            Tab.SYNC -> SyncScreen(this)
        }
    )

    fun holds(screen: Screen) = !isDestroyed && screen in stack

    fun push(screen: Screen) {
        top?.hidden()
        stack.add(screen)
        draw()
    }

    /** In place of the top one. */
    fun replace(screen: Screen) {
        stack.removeLastOrNull()?.closed()
        stack.add(screen)
        draw()
    }

    /** From the top one to the page of a record, which may be the one below. */
    fun leaveFor(page: Screen) {
        val below = stack.getOrNull(stack.size - 2)
        if (below != null && below.record == page.record) pop() else replace(page)
    }

    fun only(screen: Screen) {
        top?.hidden()
        stack.asReversed().forEach { it.closed() }
        stack.clear()
        stack.add(screen)
        draw()
    }

    fun pop() {
        if (stack.size < 2) return
        top?.hidden()
        stack.removeAt(stack.size - 1).closed()
        draw()
    }

    private fun draw() {
        hideKeyboard()
        val screen = top ?: return
        frame.show(screen, stack.size > 1)
        screen.shown()
    }

    /** The bar's texts or buttons changed. */
    fun redrawBar() = top?.let { frame.drawBar(it, stack.size > 1) }

    @Deprecated("The platform's newer way needs Android 13.")
    override fun onBackPressed() {
        val screen = top
        when {
            screen == null -> finish()
            screen.back() -> Unit
            stack.size > 1 -> pop()
            screen.tab != null && screen.tab != Tab.TODAY -> openTab(Tab.TODAY)
            else -> moveTaskToBack(true)
        }
    }

    override fun onConfigurationChanged(configuration: Configuration) {
        super.onConfigurationChanged(configuration)
        if (getString(R.string.language) == language) return
        language = getString(R.string.language)
        core.tell { it.setLanguage(app.language()) }
        top?.hidden()
        frame.relabel()
        restart()
    }

    override fun onDestroy() {
        stack.asReversed().forEach { it.closed() }
        stack.clear()
        core.onPending = {}
        super.onDestroy()
    }

    fun withPermission(permission: String, then: (Boolean) -> Unit) {
        if (checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED) return then(true)
        val request = permissions.size + 1
        permissions[request] = then
        requestPermissions(arrayOf(permission), request)
    }

    override fun onRequestPermissionsResult(request: Int, names: Array<out String>, results: IntArray) {
        permissions.remove(request)?.invoke(results.firstOrNull() == PackageManager.PERMISSION_GRANTED)
    }

    fun hideKeyboard() {
        val keyboard = getSystemService(InputMethodManager::class.java)
        keyboard?.hideSoftInputFromWindow(window.decorView.windowToken, 0)
    }

    /** Says what went wrong in the core's words; asks for the PIN if it is locked by now. */
    fun showError(error: Answer.Failed, again: (() -> Unit)? = null) {
        core.ask({ it.status() }) { status ->
            if (isDestroyed) return@ask
            if (status is Answer.Good && status.value == AppStatus.LOCKED && top?.beforePin != true) {
                only(UnlockScreen(this))
            }
            val dialog = AlertDialog.Builder(this).setMessage(error.text ?: getString(R.string.bug))
            if (error.code == "store.damaged") {
                dialog.setNegativeButton(R.string.close, null).setPositiveButton(R.string.salvage) { _, _ -> push(SalvageScreen(this)) }
            } else if (error.opensNoMore) {
                dialog.setNegativeButton(R.string.close, null).setPositiveButton(R.string.set_aside) { _, _ -> push(SetAsideScreen(this)) }
            } else if (again == null) dialog.setPositiveButton(R.string.close, null)
            else dialog.setPositiveButton(R.string.retry) { _, _ -> again() }.setCancelable(false)
            secure(dialog)
        }
    }

    fun tell(words: String) = secure(AlertDialog.Builder(this).setMessage(words).setPositiveButton(R.string.close, null))

    fun confirm(question: String, action: Int, run: () -> Unit) {
        secure(
            AlertDialog.Builder(this).setMessage(question)
                .setNegativeButton(R.string.cancel, null)
                .setPositiveButton(action) { _, _ -> run() }
        )
    }

    /** Asks for a line of text; nothing happens while it is empty. */
    fun askText(question: String, action: Int, then: (String) -> Unit) {
        val field = EditText(this, null, 0, R.style.Field).apply { minLines = 3 }
        val around = column { setPadding(dp(20), dp(12), dp(20), 0); add(field) }
        secure(
            AlertDialog.Builder(this).setTitle(question).setView(around)
                .setNegativeButton(R.string.cancel, null)
                .setPositiveButton(action) { _, _ -> field.text.toString().trim().takeIf { it.isNotEmpty() }?.let(then) }
        )
    }

    fun secure(dialog: AlertDialog.Builder) {
        dialog.create().apply { window?.addFlags(WindowManager.LayoutParams.FLAG_SECURE) }.show()
    }
}
