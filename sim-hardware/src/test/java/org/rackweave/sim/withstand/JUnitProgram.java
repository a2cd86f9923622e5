package org.rackweave.sim.withstand;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes, whose names are its arguments, in a machine that has no Maven: what failed, and how many did not. */
final class JUnitProgram {
    private static final int MOST_LINES_OF_A_TRACE = 8;

    private JUnitProgram() {}

    public static void main(String[] classes) {
        List<ClassSelector> selected =
                Arrays.stream(classes).map(DiscoverySelectors::selectClass).toList();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selected)
                                .build(),
                        listener);
        TestExecutionSummary summary = listener.getSummary();
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        summary.printFailuresTo(out, MOST_LINES_OF_A_TRACE);
        out.println(summary.getTestsSucceededCount() + " of " + summary.getTestsFoundCount() + " passed");
        out.flush();
    }
}
