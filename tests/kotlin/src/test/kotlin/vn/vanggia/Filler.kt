package vn.vanggia

import org.junit.Assert.assertEquals
import org.junit.Assert.fail
import vn.vanggia.core.AppException
import vn.vanggia.core.FinishedView
import vn.vanggia.core.FinishOutcome
import vn.vanggia.core.FormSession
import vn.vanggia.core.PageMove
import vn.vanggia.core.PageView
import vn.vanggia.core.PageUpdate
import vn.vanggia.core.QuestionKind
import vn.vanggia.testing.Household

/** Goes through `vang_gia` as a shell does: draws a page, answers, takes in what changed, goes on. */
class Filler(private val form: FormSession, private val picture: ByteArray) {
    private lateinit var page: PageView
    var answers = 0
        private set
    val pages = ArrayList<String>()

    fun fill() {
        draw(form.page())
        repeat(MOST_PAGES) {
            page.repeats.firstOrNull()?.let { repeat ->
                val wanted = Household.repeats[repeat.path.substringAfterLast('/')] ?: 0
                if (repeat.canAdd && repeat.instances.size < wanted) return@repeat draw(form.addRepeat(repeat.path))
            }
            answerPage()
            when (val move = form.next()) {
                is PageMove.Moved -> draw(move.page)
                is PageMove.Blocked -> fail("blocked: " + move.problems.joinToString { "${it.path} ${it.problem.text}" })
                is PageMove.AtEnd -> return
            }
        }
        fail("no end after $MOST_PAGES pages")
    }

    fun finish(): FinishedView = when (val outcome = form.finish()) {
        is FinishOutcome.Finished -> outcome.visit
        is FinishOutcome.Incomplete -> throw AssertionError("incomplete: ${outcome.problems.map { it.path }}")
    }

    private fun draw(page: PageView) {
        this.page = page
        pages.add(page.title)
    }

    private fun answerPage() {
        val given = HashSet<String>()
        while (true) {
            val question = page.questions.firstOrNull { it.path !in given && (it.kind is QuestionKind.Photo || Household.answer(it.path) != null) } ?: break
            given.add(question.path)
            val update =
                try {
                    if (question.kind is QuestionKind.Photo) form.takePhoto(question.path, picture)
                    else form.answer(question.path, Household.answer(question.path)!!)
                } catch (error: AppException.Failed) {
                    throw AssertionError("${question.path}: ${error.code}", error)
                }
            answers++
            take(update)
        }
        // What a shell has after the updates is what the core would draw anew.
        assertEquals(form.page(), page)
    }

    /** As `PageView::apply` in the core. */
    private fun take(update: PageUpdate) {
        val byPath = (page.questions + update.page.questions).associateBy { it.path }
        page = update.page.copy(questions = update.order.map(byPath::getValue))
    }

    private companion object {
        const val MOST_PAGES = 80
    }
}
