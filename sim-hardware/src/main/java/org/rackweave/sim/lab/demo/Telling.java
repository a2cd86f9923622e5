package org.rackweave.sim.lab.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rackweave.sim.lab.JsonText;

/** How the story is told. */
sealed interface Telling {
    void begin(String title);

    void tell(Outcome outcome);

    void end(String lastWord);

    /** For people, at 80 columns. */
    record ForPeople(PrintStream out) implements Telling {
        private static final int COLUMNS = 80;
        private static final String INDENT = "     ";

        @Override
        public void begin(String title) {
            wrapped(title, "").forEach(out::println);
            out.println();
        }

        @Override
        public void tell(Outcome outcome) {
            String head = String.format(
                    Locale.ROOT, "%3d  %s", outcome.number(), outcome.step().title());
            String tail = seconds(outcome.duration()) + (outcome.failure().isEmpty() ? "  ok" : "  FAILED");
            out.println(head + " ".repeat(Math.max(2, COLUMNS - head.length() - tail.length())) + tail);
            outcome.seen().forEach(line -> wrapped(line, INDENT).forEach(out::println));
            outcome.failure()
                    .ifPresent(failure -> wrapped("But: " + failure, INDENT).forEach(out::println));
            out.flush();
        }

        @Override
        public void end(String lastWord) {
            out.println();
            wrapped(lastWord, "").forEach(out::println);
        }

        private static String seconds(Duration duration) {
            return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
        }

        private static List<String> wrapped(String text, String indent) {
            List<String> lines = new ArrayList<>();
            StringBuilder line = new StringBuilder(indent);
            for (String word : text.split("\\s+", -1)) {
                boolean full = line.length() + 1 + word.length() > COLUMNS;
                if (full && line.length() > indent.length()) {
                    lines.add(line.toString());
                    line = new StringBuilder(indent).append("  ");
                } else if (line.length() > indent.length()) {
                    line.append(' ');
                }
                line.append(word);
            }
            lines.add(line.toString());
            return lines;
        }
    }

    /** One JSON object a line. */
    record ForPrograms(PrintStream out) implements Telling {
        @Override
        public void begin(String title) {
            // Programs get steps and nothing else.
        }

        @Override
        public void tell(Outcome outcome) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("step", outcome.number());
            object.put("name", outcome.step().name());
            object.put("title", outcome.step().title());
            object.put("outcome", outcome.failure().isEmpty() ? "ok" : "failed");
            object.put("atMillis", outcome.at().toMillis());
            object.put("durationMillis", outcome.duration().toMillis());
            object.put("seen", outcome.seen());
            outcome.failure().ifPresent(failure -> object.put("failure", failure));
            out.println(JsonText.line(object));
            out.flush();
        }

        @Override
        public void end(String lastWord) {
            // The exit code says it.
        }
    }
}
