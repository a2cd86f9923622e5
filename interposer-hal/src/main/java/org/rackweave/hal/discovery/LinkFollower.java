package org.rackweave.hal.discovery;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.rackweave.hal.inventory.DiscoveryProblem;

/**
 * Finds the place that a path leads to by following symbolic links within the tree, as if the tree's root were {@code
 * /}. It remembers what it found, so that a thousand files of one folder cost one walk.
 */
final class LinkFollower {
    private final HostTree tree;
    private final Map<TreePath, Answer<HostTree.EntryKind>> kinds = new HashMap<>();
    private final Map<TreePath, Answer<String>> targets = new HashMap<>();

    LinkFollower(HostTree tree) {
        this.tree = tree;
    }

    Answer<TreePath> follow(TreePath path) {
        Deque<String> ahead = new ArrayDeque<>(Arrays.asList(path.value().split("/")));
        TreePath here = TreePath.ROOT;
        int links = 0;
        while (!ahead.isEmpty()) {
            String part = ahead.removeFirst();
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.equals("..")) {
                here = here.parent();
                continue;
            }
            TreePath next = here.child(part);
            Answer<HostTree.EntryKind> kind = kinds.computeIfAbsent(next, tree::kind);
            if (!kind.value().isPresent()) {
                return kind.then(never -> new Answer.Absent<>());
            }
            if (kind.value().get() != HostTree.EntryKind.LINK) {
                here = next;
                continue;
            }
            if (++links > DiscoveryLimits.MOST_LINKS) {
                return new Answer.Refused<>(DiscoveryProblem.Kind.MALFORMED, "symbolic links lead in a circle");
            }
            Answer<String> target = targets.computeIfAbsent(next, tree::target);
            if (target.value().isEmpty()) {
                return target.then(never -> new Answer.Absent<>());
            }
            here = prepend(ahead, target.value().get()) ? TreePath.ROOT : here;
        }
        return new Answer.Given<>(here);
    }

    /** Puts the parts of a link's target before what is still ahead; true when they start at the root. */
    private static boolean prepend(Deque<String> ahead, String target) {
        String[] parts = target.split("/", -1);
        for (int at = parts.length - 1; at >= 0; at--) {
            ahead.addFirst(parts[at]);
        }
        return target.startsWith("/");
    }
}
