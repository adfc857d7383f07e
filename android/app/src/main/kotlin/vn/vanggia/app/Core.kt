package vn.vanggia.app

import android.os.Handler
import android.os.Looper
import vn.vanggia.core.App
import vn.vanggia.core.AppException
import java.util.concurrent.Executors

/** What a call of the core came back with. */
sealed class Answer<out T> {
    class Good<T>(val value: T) : Answer<T>()
    /** [text] is finished and in the worker's language; `null` for an error of the app itself. */
    class Failed(val code: String, val text: String?, val waitSeconds: Int) : Answer<Nothing>()
}

/** The only way to the core: one serial queue off the main thread, answers on the main thread in the same order. */
class Core(open: () -> App) {
    private val queue = Executors.newSingleThreadExecutor { work -> Thread(work, "core") }
    private val main = Handler(Looper.getMainLooper())
    /** Made and used on [queue] only. */
    private val app by lazy(LazyThreadSafetyMode.NONE, open)

    /** Calls whose answers are not in yet; main thread. */
    var pending = 0
        private set
    var onPending: (Int) -> Unit = {}

    fun <T> ask(work: (App) -> T, then: (Answer<T>) -> Unit) {
        count(1)
        queue.execute {
            val answer = attempt(work)
            main.post {
                count(-1)
                then(answer)
            }
        }
    }

    /** Nobody waits for it. */
    fun tell(work: (App) -> Unit) = ask(work) {}

    private fun <T> attempt(work: (App) -> T): Answer<T> =
        try {
            Answer.Good(work(app))
        } catch (e: AppException.Failed) {
            Answer.Failed(e.code, e.text, e.waitSeconds.toInt())
        } catch (e: Exception) {
            // A defect. Its message may quote anything, so it goes nowhere.
            Answer.Failed("shell.${e.javaClass.simpleName}", null, 0)
        }

    private fun count(by: Int) {
        pending += by
        onPending(pending)
    }
}
