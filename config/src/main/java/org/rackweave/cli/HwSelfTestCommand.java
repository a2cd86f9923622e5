package org.rackweave.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code rackweave hw selftest}: sends every command that only reads, and holds each answer against its layout. */
@CommandLine.Command(
        name = "selftest",
        description = "Send every command that only reads, and check each answer; changes nothing.")
final class HwSelfTestCommand implements Action {
    @Mixin
    private SwitchOption place = new SwitchOption();

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        List<Object> tree = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        boolean isText = place.output(session) == OutputFormat.TABLE;
        try (SwitchAtHand atHand = SwitchAtHand.of(place.name(session))) {
            for (SelfCheck check : atHand.selfChecks()) {
                long startNanos = System.nanoTime();
                SelfCheck.Finding finding = check.question().get();
                long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - startNanos);
                if (isText) {
                    // One by one: an answer that does not come is waited for.
                    session.out().print(line(check, finding, micros));
                    session.out().flush();
                }
                tree.add(tree(check, finding, micros));
                if (finding.verdict() == SelfCheck.Verdict.FAIL) {
                    failed.add(check.what());
                }
                if (failed.size() == tree.size()) {
                    // Nobody is there who could be asked the rest.
                    break;
                }
            }
        }
        if (!isText) {
            place.show(session, new Shown(tree, failed, ""));
        }
        return failed.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static String line(SelfCheck check, SelfCheck.Finding finding, long micros) {
        String text = String.format(
                Locale.ROOT, "%-14s %8d us  %s: %s", finding.verdict().word(), micros, check.what(), finding.detail());
        return Printable.line(text) + "\n";
    }

    private static Map<String, Object> tree(SelfCheck check, SelfCheck.Finding finding, long micros) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("what", check.what());
        tree.put("verdict", finding.verdict().word());
        tree.put("detail", finding.detail());
        tree.put("micros", micros);
        return tree;
    }
}
