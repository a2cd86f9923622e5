package org.rackweave.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the text of a {@link PolicyDocument} and finds all that is wrong with it. */
public final class PolicyText {
    private static final List<String> WORDS = List.of("version", "cap", "floor", "quota", "reservations");

    private static final String MEMORY = "memory";

    /** Some hundred nodes, each with some lines of its own. */
    private static final int MAX_LINES = 2048;

    private final String source;
    private final List<ConfigurationProblem> problems = new ArrayList<>();
    private final List<PolicyDocument.Cap> caps = new ArrayList<>();
    private final List<PolicyDocument.Floor> floors = new ArrayList<>();
    private final List<PolicyDocument.Quota> quotas = new ArrayList<>();
    private final List<PolicyDocument.Reservations> reservations = new ArrayList<>();
    private final Map<String, Integer> said = new HashMap<>();
    private Optional<Long> version = Optional.empty();
    private int line;

    private PolicyText(String source) {
        this.source = source;
    }

    /** What reading came to. */
    public sealed interface Reading {
        record Sound(PolicyDocument policy) implements Reading {}

        /** @param problems at least one */
        record Faulty(List<ConfigurationProblem> problems) implements Reading {
            public Faulty {
                problems = List.copyOf(problems);
            }
        }
    }

    /** @param source what to call it in problems: the name of the file */
    public static Reading read(String source, String text) {
        PolicyText reader = new PolicyText(source);
        String[] lines = text.split("\n", -1);
        if (lines.length > MAX_LINES) {
            reader.wrong("has more than " + MAX_LINES + " lines", "say what holds for all once, without naming each");
            return new Reading.Faulty(reader.problems);
        }
        for (String each : lines) {
            reader.line++;
            String content = each.replaceFirst("#.*", "").strip();
            if (!content.isEmpty()) {
                reader.rule(Arrays.asList(content.split("\\s+", -1)));
            }
        }
        if (reader.version.isEmpty() && reader.said("version") == null) {
            reader.line = 0;
            reader.wrong("says no version", "begin with 'version 1', and count up with each change");
        }
        return reader.problems.isEmpty()
                ? new Reading.Sound(new PolicyDocument(
                        reader.version.orElseThrow(), reader.caps, reader.floors, reader.quotas, reader.reservations))
                : new Reading.Faulty(reader.problems);
    }

    private void rule(List<String> words) {
        switch (words.get(0)) {
            case "version" -> version(words);
            case "cap" -> cap(words);
            case "floor" -> floor(words);
            case "quota" -> quota(words);
            case "reservations" -> reservations(words);
            default ->
                wrong(
                        "'" + words.get(0) + "' is no rule",
                        NearestWord.among(WORDS, words.get(0))
                                .map(word -> "write '" + word + "' if that is what is meant")
                                .orElse("a line begins with one of " + String.join(", ", WORDS)));
        }
    }

    private void version(List<String> words) {
        if (words.size() != 2 || !words.get(1).matches("[1-9][0-9]{0,17}")) {
            said("version");
            wrong("a version is a whole number from 1", "write such as 'version 3'");
        } else if (once("version")) {
            version = Optional.of(Long.parseLong(words.get(1)));
        }
    }

    private void cap(List<String> words) {
        boolean named = words.size() == 4 && words.get(2).equals("for");
        if ((words.size() != 2 && !named) || !words.get(1).matches("[0-" + PolicyDocument.MAX_PRIORITY + "]")) {
            wrong(
                    "a cap is a priority from 0 to " + PolicyDocument.MAX_PRIORITY + ", and perhaps whose",
                    "write such as 'cap 5' or 'cap 9 for ID'");
            return;
        }
        Optional<String> borrower = named ? node(words.get(3)) : Optional.empty();
        if (once("cap for " + borrower.orElse("anybody"))) {
            caps.add(new PolicyDocument.Cap(Integer.parseInt(words.get(1)), borrower));
        }
    }

    private void floor(List<String> words) {
        boolean named = words.size() == 5 && words.get(3).equals("at");
        if (words.size() != 3 && !named) {
            wrong("a floor is a kind and an amount, and perhaps where", "write such as 'floor memory 8GiB at ID'");
            return;
        }
        Optional<String> kind = kind(words.get(1));
        Optional<Long> amount = kind.flatMap(known -> amount(known, words.get(2)));
        Optional<String> owner = named ? node(words.get(4)) : Optional.empty();
        if (amount.isPresent() && once("floor of " + words.get(1) + " at " + owner.orElse("each"))) {
            floors.add(new PolicyDocument.Floor(kind.orElseThrow(), amount.get(), owner));
        }
    }

    private void quota(List<String> words) {
        Optional<String> borrower = Optional.empty();
        Optional<String> owner = Optional.empty();
        boolean fits = words.size() >= 3 && words.size() % 2 == 1 && words.size() <= 7;
        for (int i = 3; fits && i < words.size(); i += 2) {
            if (words.get(i).equals("for") && borrower.isEmpty()) {
                borrower = node(words.get(i + 1));
            } else if (words.get(i).equals("at") && owner.isEmpty()) {
                owner = node(words.get(i + 1));
            } else {
                fits = false;
            }
        }
        if (!fits) {
            wrong(
                    "a quota is a kind and an amount, and perhaps whose and of whom",
                    "write such as 'quota memory 64GiB for ID at ID'");
            return;
        }
        Optional<String> kind = kind(words.get(1));
        Optional<Long> amount = kind.flatMap(known -> amount(known, words.get(2)));
        String subject =
                "quota of " + words.get(1) + " for " + borrower.orElse("anybody") + " at " + owner.orElse("each");
        if (amount.isPresent() && once(subject)) {
            quotas.add(new PolicyDocument.Quota(kind.orElseThrow(), amount.get(), borrower, owner));
        }
    }

    private void reservations(List<String> words) {
        boolean named = words.size() == 4 && words.get(2).equals("at");
        boolean number = words.size() > 1 && words.get(1).matches("[1-9][0-9]{0,3}");
        if ((words.size() != 2 && !named)
                || !number
                || Integer.parseInt(words.get(1)) > PolicyDocument.MAX_RESERVATIONS) {
            wrong(
                    "how many slices a borrower may reserve at once is 1 to " + PolicyDocument.MAX_RESERVATIONS
                            + ", and perhaps where",
                    "write such as 'reservations 16' or 'reservations 16 at ID'");
            return;
        }
        Optional<String> owner = named ? node(words.get(3)) : Optional.empty();
        if (once("number of reservations at " + owner.orElse("each"))) {
            reservations.add(new PolicyDocument.Reservations(Integer.parseInt(words.get(1)), owner));
        }
    }

    private Optional<String> kind(String word) {
        if (PolicyDocument.KINDS.contains(word)) {
            return Optional.of(word);
        }
        wrong(
                "'" + word + "' is no kind of resource",
                NearestWord.among(PolicyDocument.KINDS, word)
                        .map(near -> "write '" + near + "' if that is what is meant")
                        .orElse("write one of " + String.join(", ", PolicyDocument.KINDS)));
        return Optional.empty();
    }

    private Optional<Long> amount(String kind, String text) {
        if (kind.equals(MEMORY)) {
            Parsed<Long> parsed = ByteSize.parse(text);
            if (parsed instanceof Parsed.Wrong<Long> wrong) {
                wrong(wrong.found(), wrong.advice());
                return Optional.empty();
            }
            return Optional.of(((Parsed.Value<Long>) parsed).value());
        }
        if (!text.matches("[0-9]{1,9}")) {
            wrong("'" + text + "' is not a whole number", "write how many");
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(text));
    }

    private Optional<String> node(String text) {
        if (!text.matches("[0-9a-f]{32}")) {
            wrong(
                    "'" + text + "' is not the id of a node",
                    "write its 32 hexadecimal digits, as 'rackweave nodes -o json' shows them");
            return Optional.of(text);
        }
        return Optional.of(text);
    }

    /** Two lines about the same would leave it to their order which of them holds. */
    private boolean once(String subject) {
        Integer before = said(subject);
        if (before != null) {
            wrong("the " + subject + " is said in line " + before + " already", "remove one of the two lines");
        }
        return before == null;
    }

    private @Nullable Integer said(String subject) {
        return said.putIfAbsent(subject, line);
    }

    private void wrong(String found, String advice) {
        problems.add(new ConfigurationProblem(source, line, line == 0 ? 0 : 1, "", found, advice));
    }
}
