// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The arrows of docs/architecture.md, and a few habits that a compiler does not check. */
@AnalyzeClasses(packages = "dev.ledgerline", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String ROOT = "dev.ledgerline.";
  private static final String[] EVENT_LOG = {
    ROOT + "event..", ROOT + "run..", ROOT + "log..", ROOT + "state..", ROOT + "audit.."
  };

  @ArchTest static final ArchRule theEventLogKnowsNoOtherModule = onlyKnows("event-log", EVENT_LOG);

  @ArchTest
  static final ArchRule theCollectorKnowsTheEventLogOnly =
      onlyKnows("collector", EVENT_LOG, ROOT + "collector..");

  @ArchTest
  static final ArchRule theIndexerKnowsTheEventLogOnly =
      onlyKnows("indexer", EVENT_LOG, ROOT + "indexer..");

  @ArchTest
  static final ArchRule questionsKnowTheEventLogAndTheIndexer =
      onlyKnows("query-api", EVENT_LOG, ROOT + "query..", ROOT + "indexer..");

  @ArchTest
  static final ArchRule questionsSeeTheReadSideOfAStoreOnly =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "query..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + "indexer.*..")
          .orShould()
          .dependOnClassesThat()
          .haveSimpleName("RunStore");

  @ArchTest
  static final ArchRule theUiKnowsQuestionsAndWhatTheyAnswerWith =
      onlyKnows("web-ui", EVENT_LOG, ROOT + "web..", ROOT + "query", ROOT + "indexer");

  @ArchTest
  static final ArchRule theOtelBridgeKnowsTheEventLogOnly =
      onlyKnows("otel-bridge", EVENT_LOG, ROOT + "otel..");

  @ArchTest
  static final ArchRule samplesKnowTheEventLogOnly =
      onlyKnows("samples", EVENT_LOG, ROOT + "samples..");

  @ArchTest
  static final ArchRule whatHappenedKnowsNoStorage =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + "event..", ROOT + "run..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + "log..", "java.nio.file..", "java.net..");

  @ArchTest
  static final ArchRule onlyItsOwnPackageKnowsLucene =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "indexer.lucene..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.lucene..");

  @ArchTest
  static final ArchRule onlyTheUiKnowsVaadin =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "web..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.vaadin..");

  @ArchTest
  static final ArchRule onlyEdgesKnowHttp =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              ROOT + "collector.http..",
              ROOT + "query.http..",
              ROOT + "query.compat..",
              ROOT + "query.mcp..",
              ROOT + "web..",
              ROOT + "server..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.javalin..", "jakarta.servlet..", "org.eclipse.jetty..");

  @ArchTest
  static final ArchRule packagesGoOneWay =
      SlicesRuleDefinition.slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packagesAreNamedForWhatTheyHold =
      noClasses()
          .should()
          .resideInAnyPackage(
              "..util..", "..utils..", "..common..", "..helper..", "..misc..", "..internal..");

  @ArchTest
  static final ArchRule typesAreNamedForWhatTheyAre =
      noClasses()
          .that()
          .areTopLevelClasses() // a library may want a CollectorManager
          .should()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Utils");

  /** But for questions to the index: how much of a deadline is left only the machine can say. */
  @ArchTest
  static final ArchRule timeIsAParameter =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + "event..",
              ROOT + "run..",
              ROOT + "log..",
              ROOT + "collector..",
              ROOT + "indexer",
              ROOT + "query..",
              ROOT + "web..",
              ROOT + "otel..")
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Clock.class, "systemUTC");

  @ArchTest
  static final ArchRule timesAreOfTheNewKind =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Date")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Calendar");

  @ArchTest
  static final ArchRule librariesDoNotPrint =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "server..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  @ArchTest
  static void everyPackageSaysWhatItIs(JavaClasses all) {
    List<String> silent =
        all.stream()
            .map(JavaClass::getPackage)
            .distinct()
            .filter(here -> here.tryGetPackageInfo().isEmpty())
            .map(JavaPackage::getName)
            .sorted()
            .toList();
    assertEquals(List.of(), silent);
  }

  private static ArchRule onlyKnows(String module, String[] first, String... more) {
    String[] packages = more.length == 0 ? first : new String[] {more[0]};
    String[] known = Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
    return classes()
        .that()
        .resideInAnyPackage(packages)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(known)
                .or(com.tngtech.archunit.base.DescribedPredicate.not(resideInAPackage(ROOT + "."))))
        .as("the module " + module + " knows only what the design lets it know");
  }
}
