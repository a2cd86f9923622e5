package org.rackweave.hal.discovery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Serves a recording from memory. A path that was not recorded is absent: when it was asked for, it was not there. */
final class RecordedTree implements HostTree {
    private final Map<TreePath, RecordedEntry> entries;
    private final Map<TreePath, TreeSet<String>> namesByFolder = new HashMap<>();

    RecordedTree(Map<TreePath, RecordedEntry> recorded) {
        entries = new TreeMap<>(recorded);
        for (TreePath path : recorded.keySet()) {
            for (TreePath at = path; !at.isRoot(); at = at.parent()) {
                entries.putIfAbsent(at.parent(), new RecordedEntry.Folder());
                namesByFolder
                        .computeIfAbsent(at.parent(), unseen -> new TreeSet<>())
                        .add(at.name());
            }
        }
    }

    @Override
    public Answer<EntryKind> kind(TreePath path) {
        return entry(path)
                .<Answer<EntryKind>>map(entry -> entry.fold(
                        folder -> new Answer.Given<>(EntryKind.FOLDER),
                        link -> new Answer.Given<>(EntryKind.LINK),
                        content -> new Answer.Given<>(EntryKind.FILE),
                        // Which question it refused is not kept; as a file it refuses the next one, whatever that is.
                        refusal -> new Answer.Given<>(EntryKind.FILE)))
                .orElseGet(Answer.Absent::new);
    }

    @Override
    public Answer<String> target(TreePath link) {
        return entry(link)
                .<Answer<String>>map(entry -> entry.fold(
                        folder -> new Answer.Absent<>(),
                        found -> new Answer.Given<>(found.target()),
                        content -> new Answer.Absent<>(),
                        refusal -> new Answer.Refused<>(refusal.kind(), refusal.reason())))
                .orElseGet(Answer.Absent::new);
    }

    @Override
    public Answer<List<String>> names(TreePath folder, Predicate<String> wanted) {
        return entry(folder)
                .<Answer<List<String>>>map(entry -> entry.fold(
                        found -> new Answer.Given<>(childrenOf(folder, wanted)),
                        link -> new Answer.Absent<>(),
                        content -> new Answer.Absent<>(),
                        refusal -> new Answer.Refused<>(refusal.kind(), refusal.reason())))
                .orElseGet(Answer.Absent::new);
    }

    @Override
    public Answer<byte[]> content(TreePath file) {
        return entry(file)
                .<Answer<byte[]>>map(entry -> entry.fold(
                        folder -> new Answer.Absent<>(),
                        link -> new Answer.Absent<>(),
                        found -> new Answer.Given<>(found.bytes()),
                        refusal -> new Answer.Refused<>(refusal.kind(), refusal.reason())))
                .orElseGet(Answer.Absent::new);
    }

    private Optional<RecordedEntry> entry(TreePath path) {
        return Optional.ofNullable(entries.get(path));
    }

    private List<String> childrenOf(TreePath folder, Predicate<String> wanted) {
        List<String> names = new ArrayList<>();
        for (String name : namesByFolder.getOrDefault(folder, new TreeSet<>())) {
            if (wanted.test(name)) {
                names.add(name);
            }
        }
        return List.copyOf(names);
    }
}
