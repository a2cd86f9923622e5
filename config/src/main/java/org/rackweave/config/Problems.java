package org.rackweave.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Collects what is wrong with one file, with the places. */
final class Problems {
    /** As many as anybody reads; a file that is none of ours would otherwise fill the screen and the memory. */
    static final int MOST = 100;

    private static final Comparator<ConfigurationProblem> BY_PLACE =
            Comparator.comparingInt(ConfigurationProblem::line).thenComparingInt(ConfigurationProblem::column);

    private final String source;
    private final List<ConfigurationProblem> found = new ArrayList<>();

    Problems(String source) {
        this.source = source;
    }

    void add(Optional<Mark> mark, String path, String what, String advice) {
        if (found.size() < MOST) {
            int line = mark.map(at -> at.getLine() + 1).orElse(0);
            int column = mark.map(at -> at.getColumn() + 1).orElse(0);
            found.add(new ConfigurationProblem(source, line, column, path, shortened(what), shortened(advice)));
        }
    }

    void addForFile(String what, String advice) {
        add(Optional.empty(), "", what, advice);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** In the order of their places. */
    List<ConfigurationProblem> all() {
        return found.stream().sorted(BY_PLACE).toList();
    }

    /** What kind of thing a node is, at the start of a sentence. */
    static String kindOf(Node node) {
        if (node instanceof MappingNode) {
            return "a group of keys";
        }
        if (node instanceof SequenceNode) {
            return "a list";
        }
        return node.getTag().equals(Tag.NULL) ? "nothing" : "a single value";
    }

    private static String shortened(String text) {
        // What is quoted from the file may be of any length, and may hold what a terminal takes for an order.
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 300 ? printable : printable.substring(0, 299) + "…";
    }
}
