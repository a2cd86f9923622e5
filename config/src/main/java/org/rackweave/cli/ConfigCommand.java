package org.rackweave.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.config.Configuration;
import org.rackweave.config.ConfigurationLoader;
import org.rackweave.config.ConfigurationProblem;
import org.rackweave.config.ConfigurationResult;
import org.rackweave.config.ConfigurationText;
import org.rackweave.config.PublishedSchema;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackweave config}: the configuration of this machine's daemon; needs no daemon. */
@CommandLine.Command(
        name = "config",
        description = "Write, check or show a configuration.",
        subcommands = {
            ConfigCommand.Init.class,
            ConfigCommand.Check.class,
            ConfigCommand.Show.class,
            ConfigCommand.Schema.class
        })
final class ConfigCommand {
    /** Writes the annotated file. */
    @CommandLine.Command(name = "init", description = "Write a file with every option, its default and what it is for.")
    static final class Init implements Action {
        @Parameters(arity = "0..1", paramLabel = "FILE", description = "A new file; standard output without one.")
        private Optional<Path> file = Optional.empty();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            if (file.isEmpty()) {
                session.out().print(ConfigurationText.annotated());
                session.out().flush();
                return ExitCode.DONE;
            }
            try {
                Files.writeString(file.get(), ConfigurationText.annotated(), StandardOpenOption.CREATE_NEW);
            } catch (IOException e) {
                throw FileTrouble.writing(file.get(), e);
            }
            session.note("Wrote " + file.get() + ".");
            return ExitCode.DONE;
        }
    }

    /** Finds all that is wrong with a file. */
    @CommandLine.Command(name = "check", description = "Find all that is wrong with a file.")
    static final class Check implements Action {
        @Parameters(arity = "0..1", paramLabel = "FILE", description = "The file; without one, that of --config.")
        private Optional<Path> file = Optional.empty();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            Path checked = file.orElse(session.configurationFile());
            List<ConfigurationProblem> problems = problems(ConfigurationLoader.load(checked));
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("file", checked.toString());
            tree.put("holds", problems.isEmpty());
            tree.put("problems", ViewTree.list(problems, Check::tree));
            List<String> lines = problems.stream()
                    .map(problem -> Printable.line(problem.toString()))
                    .toList();
            List<String> paths =
                    problems.stream().map(ConfigurationProblem::path).toList();
            session.show(new Shown(tree, paths, lines.isEmpty() ? "" : String.join("\n", lines) + "\n"));
            if (problems.isEmpty()) {
                session.note(checked + " holds.");
                return ExitCode.DONE;
            }
            session.note(checked + ": " + problems.size() + (problems.size() == 1 ? " problem." : " problems."));
            return ExitCode.FAILED;
        }

        private static List<ConfigurationProblem> problems(ConfigurationResult result) {
            return result instanceof ConfigurationResult.Faulty faulty ? faulty.problems() : List.of();
        }

        private static Map<String, Object> tree(ConfigurationProblem problem) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("line", problem.line());
            tree.put("column", problem.column());
            tree.put("path", problem.path());
            tree.put("found", problem.found());
            tree.put("advice", problem.advice());
            return tree;
        }
    }

    /** Shows what a file says, or what holds. */
    @CommandLine.Command(name = "show", description = "Show what the file changes, or all that holds.")
    static final class Show implements Action {
        @Option(names = "--effective", description = "All options, those at their default too.")
        private boolean effective;

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            Configuration configuration = session.configuration();
            Map<String, Object> all = ConfigurationText.tree(configuration);
            Map<String, Object> tree = effective ? all : changed(all, ConfigurationText.tree(Configuration.defaults()));
            String text = effective ? ConfigurationText.effective(configuration) : YamlText.document(tree);
            session.show(new Shown(tree, paths(tree, ""), tree.isEmpty() ? "" : text));
            if (tree.isEmpty()) {
                session.note(session.configurationFile() + ": everything is at its default.");
            }
            return ExitCode.DONE;
        }

        private static Map<String, Object> changed(Map<?, ?> tree, Map<?, ?> defaults) {
            Map<String, Object> changed = new LinkedHashMap<>();
            tree.forEach((key, value) -> {
                Object usual = defaults.get(key);
                if (value instanceof Map<?, ?> inner
                        && usual instanceof Map<?, ?> usualInner
                        && !usualInner.isEmpty()) {
                    Map<String, Object> within = changed(inner, usualInner);
                    if (!within.isEmpty()) {
                        changed.put(String.valueOf(key), within);
                    }
                } else if (!value.equals(usual)) {
                    changed.put(String.valueOf(key), value);
                }
            });
            return changed;
        }

        private static List<String> paths(Map<?, ?> tree, String prefix) {
            List<String> paths = new ArrayList<>();
            tree.forEach((key, value) -> {
                if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
                    paths.addAll(paths(inner, prefix + key + "."));
                } else {
                    paths.add(prefix + key);
                }
            });
            return paths;
        }
    }

    /** Writes the JSON Schema. */
    @CommandLine.Command(name = "schema", description = "Write the JSON Schema, for editors.")
    static final class Schema implements Action {
        @Override
        public ExitCode run(Session session) {
            session.out().print(JsonText.document(PublishedSchema.tree()));
            session.out().flush();
            return ExitCode.DONE;
        }
    }
}
