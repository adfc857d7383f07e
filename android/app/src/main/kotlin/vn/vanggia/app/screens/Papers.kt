package vn.vanggia.app.screens

import android.annotation.SuppressLint
import android.content.Context
import android.print.PrintAttributes
import android.print.PrintManager
import android.webkit.WebResourceRequest
import android.webkit.WebView
import android.webkit.WebViewClient
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.PaperRow
import vn.vanggia.core.PaperView

/** A button for each paper that the record can be printed as. */
internal fun LinearLayout.paperButtons(papers: List<PaperRow>, print: (PaperRow) -> Unit) {
    if (papers.isEmpty()) return
    section(context.getString(R.string.papers))
    papers.forEach { paper -> button(paper.label, R.style.Button_Outline) { print(paper) } }
}

/** Prints it, or keeps it as PDF: the system asks which. The job is called as the paper is, never as whoever it is about. */
internal fun MainActivity.print(paper: PaperView) {
    val page = paperPage(this).also { this.paper = it }
    page.webViewClient = Printing(this, paper.title)
    page.loadDataWithBaseURL(null, paper.html, "text/html", "utf-8", null)
}

/** What draws a paper runs no script of it and reaches neither network nor files. */
@SuppressLint("SetJavaScriptEnabled") // false is said on purpose
internal fun paperPage(context: Context) = WebView(context).apply {
    with(settings) {
        javaScriptEnabled = false
        blockNetworkLoads = true
        allowFileAccess = false
        allowContentAccess = false
        domStorageEnabled = false
    }
}

internal class Printing(private val host: MainActivity, private val job: String) : WebViewClient() {
    override fun shouldOverrideUrlLoading(view: WebView, request: WebResourceRequest) = true

    override fun onPageFinished(view: WebView, url: String?) {
        val manager = host.getSystemService(Context.PRINT_SERVICE) as PrintManager
        val page = PrintAttributes.Builder().setMediaSize(PrintAttributes.MediaSize.ISO_A4).build()
        manager.print(job, view.createPrintDocumentAdapter(job), page)
        host.paper = null
    }
}
