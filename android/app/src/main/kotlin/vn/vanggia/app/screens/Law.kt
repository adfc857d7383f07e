package vn.vanggia.app.screens

import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.Fact

/** Where what stands above it comes from; a touch shows what the articles say. */
internal fun LinearLayout.ground(host: MainActivity, ground: String) {
    if (ground.isEmpty()) return
    button(context.getString(R.string.ground, ground), R.style.Button_Link, gap = context.dp(2)) { showLaw(host, ground) }
}

internal fun LinearLayout.fact(host: MainActivity, fact: Fact) {
    fact(fact.label, fact.value)
    ground(host, fact.ground)
}

/** What the articles say that a ground names. */
internal fun showLaw(host: MainActivity, ground: String) = host.core.ask({ it.law().articles(ground) }) { answer ->
    if (host.isDestroyed) return@ask
    when (answer) {
        is Answer.Good -> host.tell(
            answer.value.joinToString("\n\n") { article ->
                listOf(article.name, article.title, article.text, article.note).filter { it.isNotEmpty() }.joinToString("\n")
            }
        )
        is Answer.Failed -> host.showError(answer)
    }
}
