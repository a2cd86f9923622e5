package org.rackweave.hal.discovery;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.IdSet;
import org.rackweave.hal.text.IdLists;
import org.rackweave.hal.text.Numerals;

/**
 * What sources read with: paths that follow links, texts instead of bytes, and a problem noted for everything that was
 * there but could not be used. What is simply absent is noted only where a source says that it {@linkplain #demand
 * should be there}.
 */
final class TreeReader {
    private final HostTree tree;
    private final LinkFollower follower;
    private final Problems problems;

    TreeReader(HostTree tree, Problems problems) {
        this.tree = tree;
        this.follower = new LinkFollower(tree);
        this.problems = problems;
    }

    /** Notes a problem that only the source can see. */
    void note(DiscoveryProblem.Kind kind, String path, String meaning) {
        problems.add(kind, path, meaning);
    }

    /** Where a path leads once its links are followed. */
    Optional<TreePath> place(String path) {
        return settle(path, follower.follow(new TreePath(path)));
    }

    boolean holds(String path) {
        return place(path).isPresent();
    }

    /** The names in a folder that match; none when the folder is not there. */
    List<String> names(String folder, Pattern wanted) {
        return settle(
                        folder,
                        follower.follow(new TreePath(folder))
                                .then(place -> tree.names(
                                        place, name -> wanted.matcher(name).matches())))
                .orElse(List.of());
    }

    /** The last part of where a link points: the kernel names relations so. */
    Optional<String> linkName(String path) {
        return place(path).map(TreePath::name);
    }

    Optional<byte[]> bytes(String path) {
        return settle(path, follower.follow(new TreePath(path)).then(tree::content));
    }

    /** A file's text without the blanks around it; empty when there is none. */
    Optional<String> text(String path) {
        return bytes(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
    }

    /** A file's text, which every machine of this kind should have. */
    Optional<String> demand(String path, String otherwise) {
        if (!holds(path)) {
            note(DiscoveryProblem.Kind.MISSING, path, otherwise);
            return Optional.empty();
        }
        return text(path);
    }

    /** A file's text read by a parser; a text that it does not understand is a problem. */
    <T> Optional<T> parsed(String path, Function<String, Optional<T>> parser) {
        return text(path).flatMap(text -> understood(path, text, parser.apply(text)));
    }

    /** Like {@link #parsed}, for a file that should be there. */
    <T> Optional<T> demandParsed(String path, Function<String, Optional<T>> parser, String otherwise) {
        return demand(path, otherwise).flatMap(text -> understood(path, text, parser.apply(text)));
    }

    OptionalInt ordinal(String path) {
        return toInt(parsed(path, text -> boxed(Numerals.ordinal(text))));
    }

    /** A node's number, where -1 is the kernel's documented word for none. */
    OptionalInt nodeNumber(String path) {
        Optional<Integer> number = parsed(path, text -> boxed(Numerals.decimal(text)));
        return toInt(number.filter(node -> node >= 0));
    }

    OptionalInt hexadecimal(String path, int bits) {
        return toInt(parsed(path, text -> boxed(Numerals.hexadecimal(text, bits))));
    }

    OptionalLong byteCount(String path) {
        return toLong(parsed(path, text -> boxed(Numerals.byteCount(text))));
    }

    IdSet idSet(String path) {
        return parsed(path, IdLists::parse).orElse(IdSet.EMPTY);
    }

    private <T> Optional<T> understood(String path, String text, Optional<T> value) {
        if (value.isEmpty()) {
            note(DiscoveryProblem.Kind.MALFORMED, path, "not understood, so left out: \"" + shown(text) + "\"");
        }
        return value;
    }

    private static String shown(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > 60 ? line.substring(0, 60) + "…" : line;
    }

    private <T> Optional<T> settle(String path, Answer<T> answer) {
        return answer.fold(Optional::of, Optional::empty, refused -> {
            note(refused.kind(), path, refused.reason());
            return Optional.empty();
        });
    }

    static Optional<Integer> boxed(OptionalInt value) {
        return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
    }

    static Optional<Long> boxed(OptionalLong value) {
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    static OptionalInt toInt(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    static OptionalLong toLong(Optional<Long> value) {
        return value.map(OptionalLong::of).orElse(OptionalLong.empty());
    }
}
