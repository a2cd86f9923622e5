package org.rackweave.config;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArrowsTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.rackweave.config", "org.rackweave.cli");

    @Test
    void theConfigurationKnowsNothingOfTheCommandLineNorOfAnyOtherModule() {
        noClasses()
                .that()
                .resideInAPackage("org.rackweave.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.rackweave.cli..",
                        "org.rackweave.protocol..",
                        "org.rackweave.hal..",
                        "org.rackweave.crypto..",
                        "picocli..",
                        "com.fasterxml..")
                .because("the daemon loads it on a card, where each jar costs flash and each class time")
                .check(classes);
    }

    @Test
    void oneClassOfTheCommandLineKnowsTheNetwork() {
        noClasses()
                .that()
                .resideInAPackage("org.rackweave.cli..")
                .and()
                .haveSimpleNameNotEndingWith("CoapDaemon")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.rackweave.protocol.coap..", "org.eclipse.californium..")
                .because("commands that do not talk must start without it, and all others are tested without it")
                .check(classes);
    }
}
