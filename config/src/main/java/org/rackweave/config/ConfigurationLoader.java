package org.rackweave.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads a configuration file, and finds all that is wrong with it at once. */
public final class ConfigurationLoader {
    /** A thousand times what anybody writes; a wrong path must not fill a BMC's memory. */
    public static final int MAX_FILE_BYTES = 256 * 1024;

    /** Ours needs four; the composer recurses, so a file of brackets would overflow its stack. */
    private static final int MOST_DEPTH = 16;

    private final Problems problems;
    private final Values values = Values.none();

    private ConfigurationLoader(String source) {
        this.problems = new Problems(source);
    }

    /** Reads a file. A file that is not there is a problem; whoever can do without asks before. */
    public static ConfigurationResult load(Path file) {
        ConfigurationLoader loader = new ConfigurationLoader(file.toString());
        loader.contentOf(file).ifPresent(loader::read);
        return loader.result();
    }

    /**
     * Reads a text.
     *
     * @param name what to call it in problems
     */
    public static ConfigurationResult parse(String source, String name) {
        ConfigurationLoader loader = new ConfigurationLoader(name);
        if (source.length() > MAX_FILE_BYTES) {
            loader.tooLarge();
        } else {
            loader.read(source);
        }
        return loader.result();
    }

    private ConfigurationResult result() {
        return problems.isEmpty()
                ? new ConfigurationResult.Loaded(Configuration.of(values))
                : new ConfigurationResult.Faulty(problems.all());
    }

    private Optional<String> contentOf(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                tooLarge();
                return Optional.empty();
            }
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (NoSuchFileException e) {
            problems.addForFile(
                    "there is no such file", "make one with 'rackweave config init', or name another with --config");
        } catch (AccessDeniedException e) {
            problems.addForFile("it may not be read", "let this user read it, or run as one who may");
        } catch (CharacterCodingException e) {
            problems.addForFile("it is not text in UTF-8", "save it as UTF-8, or name the right file");
        } catch (IOException e) {
            problems.addForFile("it cannot be read: " + e.getMessage(), "name a file that can");
        }
        return Optional.empty();
    }

    private void tooLarge() {
        problems.addForFile("it is larger than " + ByteSize.format(MAX_FILE_BYTES), "name the right file");
    }

    private void read(String source) {
        // One read for all of it: the library fails where its buffer ends between the halves of a surrogate pair.
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(MAX_FILE_BYTES)
                .setBufferSize(source.length() + 2)
                .build();
        try {
            if (isPlain(settings, source)) {
                new Compose(settings).composeString(source).ifPresent(this::readRoot);
            }
        } catch (MarkedYamlEngineException e) {
            String context =
                    Optional.ofNullable(e.getContext()).map(text -> text + ": ").orElse("");
            String found = "this is not YAML: " + context + e.getProblem();
            problems.add(e.getProblemMark(), "", found, "correct the line, or the one before it");
        } catch (YamlEngineException e) {
            problems.addForFile("this is not YAML: " + e.getMessage(), "name the right file, or correct it");
        }
    }

    /** Walks the events, which takes no recursion, for what the composer must not be given. */
    private boolean isPlain(LoadSettings settings, String source) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(source)) {
            if (event instanceof AliasEvent) {
                problems.add(event.getStartMark(), "", "an alias stands here", "write its value in its place");
                return false;
            }
            depth += switch (event.getEventId()) {
                case MappingStart, SequenceStart -> 1;
                case MappingEnd, SequenceEnd -> -1;
                case Alias, Comment, DocumentStart, DocumentEnd, Scalar, StreamStart, StreamEnd -> 0;
            };
            if (depth > MOST_DEPTH) {
                problems.add(
                        event.getStartMark(),
                        "",
                        "groups and lists stand in one another here too deep",
                        "name the right file");
                return false;
            }
        }
        return true;
    }

    private void readRoot(Node root) {
        if (root instanceof MappingNode mapping) {
            readSection(mapping, "");
            Contradictions.find(values, problems);
        } else if (!root.getTag().equals(Tag.NULL)) {
            problems.add(
                    root.getStartMark(),
                    "",
                    Problems.kindOf(root) + " stands here, and sections are needed",
                    "name the right file, or begin with 'rackweave config init'");
        }
    }

    private void readSection(MappingNode section, String path) {
        Set<String> seen = new HashSet<>();
        for (NodeTuple tuple : section.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(
                        tuple.getKeyNode().getStartMark(), path, "a key is not a word", "write one of: " + known(path));
                continue;
            }
            String full = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
            if (!seen.add(key.getValue())) {
                problems.add(key.getStartMark(), full, "this key is there twice", "remove one of the two");
            }
            readEntry(key, tuple.getValueNode(), path, full);
        }
    }

    private void readEntry(ScalarNode key, Node value, String section, String path) {
        Optional<Option<?>> option = Schema.option(path);
        if (option.isPresent()) {
            readOption(option.get(), value);
        } else if (Schema.section(path).isEmpty()) {
            problems.add(key.getStartMark(), path, "this is not an option", suggestion(key.getValue(), section));
        } else if (value instanceof MappingNode mapping) {
            readSection(mapping, path);
        } else if (!value.getTag().equals(Tag.NULL)) {
            problems.add(
                    value.getStartMark(),
                    path,
                    Problems.kindOf(value) + " stands here, and options are needed",
                    "write one line for each, further to the right: " + known(path));
        }
    }

    private <T> void readOption(Option<T> option, Node node) {
        Optional<T> value = option.shape().read(node, option.path(), problems);
        value.ifPresentOrElse(said -> values.put(option, said, node.getStartMark()), () -> values.fault(option));
    }

    private static String suggestion(String key, String section) {
        Optional<String> near = NearestWord.among(Schema.keysOf(section), key);
        if (near.isPresent()) {
            return "did you mean " + near.get() + "?";
        }
        Optional<String> elsewhere = Schema.OPTIONS.stream()
                .filter(option -> option.key().equalsIgnoreCase(key))
                .map(Option::path)
                .findFirst();
        return elsewhere
                .map(path -> "did you mean " + path + "?")
                .orElseGet(() -> "remove it; known here are: " + known(section));
    }

    private static String known(String section) {
        return String.join(", ", Schema.keysOf(section));
    }
}
