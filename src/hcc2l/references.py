"""The bibliography: every publication that a methods paragraph cites, by authors and year."""

AALEN_JOHANSEN_1978 = (
    "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous Markov chains based "
    "on censored observations. Scand J Stat 1978;5:141–150."
)

ALTMAN_2012 = (
    "Altman DG, McShane LM, Sauerbrei W, Taube SE. Reporting recommendations for tumor marker "
    "prognostic studies (REMARK): explanation and elaboration. PLoS Med 2012;9:e1001216. "
    "doi:10.1371/journal.pmed.1001216"
)

ANDERSEN_GILL_1982 = (
    "Andersen PK, Gill RD. Cox's regression model for counting processes: a large sample study. "
    "Ann Stat 1982;10:1100–1120."
)

ANDERSON_1983 = (
    "Anderson JR, Cain KC, Gelber RD. Analysis of survival by tumor response. J Clin Oncol "
    "1983;1:710–719."
)

AUSTIN_2009 = (
    "Austin PC. Balance diagnostics for comparing the distribution of baseline covariates between "
    "treatment groups in propensity-score matched samples. Stat Med 2009;28:3083–3107."
)

AUSTIN_2011 = (
    "Austin PC. An introduction to propensity score methods for reducing the effects of "
    "confounding in observational studies. Multivariate Behav Res 2011;46:399–424."
)

AUSTIN_2014 = (
    "Austin PC. The use of propensity score methods with survival or time-to-event outcomes: "
    "reporting measures of effect similar to those used in randomized experiments. Stat Med "
    "2014;33:1242–1258."
)

AUSTIN_2020 = (
    "Austin PC, Harrell FE Jr, van Klaveren D. Graphical calibration curves and the integrated "
    "calibration index (ICI) for survival models. Stat Med 2020;39:2714–2742."
)

BARNARD_RUBIN_1999 = (
    "Barnard J, Rubin DB. Small-sample degrees of freedom with multiple imputation. Biometrika "
    "1999;86:948–955."
)

BENICHOU_GAIL_1990 = (
    "Benichou J, Gail MH. Estimates of absolute cause-specific risk in cohort studies. Biometrics "
    "1990;46:813–826."
)

BENJAMINI_HOCHBERG_1995 = (
    "Benjamini Y, Hochberg Y. Controlling the false discovery rate. J R Stat Soc B 1995;57:289–300."
)

BLANCHE_2013 = (
    "Blanche P, Dartigues JF, Jacqmin-Gadda H. Estimating and comparing time-dependent areas under "
    "receiver operating characteristic curves for censored event times with competing risks. Stat "
    "Med 2013;32:5381–5397."
)

BRESLOW_1974 = "Breslow N. Covariance analysis of censored survival data. Biometrics 1974;30:89–99."

BROOKMEYER_CROWLEY_1982 = (
    "Brookmeyer R, Crowley J. A confidence interval for the median survival time. Biometrics "
    "1982;38:29–41."
)

CLOPPER_PEARSON_1934 = (
    "Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of "
    "the binomial. Biometrika 1934;26:404–413."
)

COLLETT_2015 = (
    "Collett D. Modelling survival data in medical research. 3rd ed. Boca Raton: Chapman & "
    "Hall/CRC; 2015."
)

COLLINS_2024 = (
    "Collins GS, Moons KGM, Dhiman P, et al. TRIPOD+AI statement: updated guidance for reporting "
    "clinical prediction models that use regression or machine learning methods. BMJ "
    "2024;385:e078378. doi:10.1136/bmj-2023-078378"
)

COX_1958 = "Cox DR. The regression analysis of binary sequences. J R Stat Soc B 1958;20:215–242."

COX_1972 = "Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187–220."

CROWLEY_HU_1977 = (
    "Crowley J, Hu M. Covariance analysis of heart transplant survival data. J Am Stat Assoc "
    "1977;72:27–36."
)

DELONG_1988 = (
    "DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more correlated "
    "receiver operating characteristic curves. Biometrics 1988;44:837–845."
)

EFRON_1977 = (
    "Efron B. The efficiency of Cox's likelihood function for censored data. J Am Stat Assoc "
    "1977;72:557–565."
)

EISENHAUER_2009 = (
    "Eisenhauer EA, Therasse P, Bogaerts J, et al. New response evaluation criteria in solid "
    "tumours: revised RECIST guideline (version 1.1). Eur J Cancer 2009;45:228–247. "
    "doi:10.1016/j.ejca.2008.10.026"
)

FINE_GRAY_1999 = (
    "Fine JP, Gray RJ. A proportional hazards model for the subdistribution of a competing risk. "
    "J Am Stat Assoc 1999;94:496–509."
)

FLEMING_HARRINGTON_1991 = (
    "Fleming TR, Harrington DP. Counting processes and survival analysis. Wiley, 1991."
)

GAIL_BYAR_1986 = (
    "Gail MH, Byar DP. Variance calculations for direct adjusted survival curves, with "
    "applications to testing for no treatment effect. Biom J 1986;28:587–599."
)

GEHAN_1965 = (
    "Gehan EA. A generalized Wilcoxon test for comparing arbitrarily singly-censored samples. "
    "Biometrika 1965;52:203–223."
)

GERDS_2006 = (
    "Gerds TA, Schumacher M. Consistent estimation of the expected Brier score in general survival "
    "models with right-censored event times. Biom J 2006;48:1029–1040."
)

GRAMBSCH_THERNEAU_1994 = (
    "Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted "
    "residuals. Biometrika 1994;81:515–526."
)

GRAY_1988 = (
    "Gray RJ. A class of K-sample tests for comparing the cumulative incidence of a competing "
    "risk. Ann Stat 1988;16:1141–1154."
)

HARRELL_1996 = (
    "Harrell FE, Lee KL, Mark DB. Multivariable prognostic models. Stat Med 1996;15:361–387."
)

HARRELL_2015 = (
    "Harrell FE Jr. Regression Modeling Strategies: With Applications to Linear Models, Logistic "
    "and Ordinal Regression, and Survival Analysis. 2nd ed. Cham: Springer; 2015. "
    "doi:10.1007/978-3-319-19425-7"
)

HEINZE_SCHEMPER_2001 = (
    "Heinze G, Schemper M. A solution to the problem of monotone likelihood in Cox regression. "
    "Biometrics 2001;57:114–119."
)

HEINZE_SCHEMPER_2002 = (
    "Heinze G, Schemper M. A solution to the problem of separation in logistic regression. Stat "
    "Med 2002;21:2409–2419."
)

HODGES_LEHMANN_1963 = (
    "Hodges JL, Lehmann EL. Estimates of location based on rank tests. Ann Math Stat "
    "1963;34:598–611. doi:10.1214/aoms/1177704172."
)

HOLM_1979 = (
    "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65–70."
)

HOSMER_LEMESHOW_1980 = (
    "Hosmer DW, Lemeshow S. Goodness of fit tests for the multiple logistic regression model. "
    "Commun Stat Theory Methods 1980;9:1043–1069."
)

HOTHORN_2006 = (
    "Hothorn T, Hornik K, Zeileis A. Unbiased recursive partitioning: a conditional inference "
    "framework. J Comput Graph Stat 2006;15:651–674."
)

HOTHORN_LAUSEN_2003 = (
    "Hothorn T, Lausen B. On the exact distribution of maximally selected rank statistics. Comput "
    "Stat Data Anal 2003;43:121–137."
)

ISHWARAN_2008 = (
    "Ishwaran H, Kogalur UB, Blackstone EH, Lauer MS. Random survival forests. Ann Appl Stat "
    "2008;2:841–860."
)

JINKS_2015 = (
    "Jinks RC, Royston P, Parmar MKB. Discrimination-based sample size calculations for "
    "multivariable prognostic models for time-to-event data. BMC Med Res Methodol 2015;15:82. "
    "doi:10.1186/s12874-015-0078-y"
)

KAPLAN_MEIER_1958 = (
    "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc "
    "1958;53:457–481."
)

LAUSEN_1994 = (
    "Lausen B, Sauerbrei W, Schumacher M. Classification and regression trees (CART) used for the "
    "exploration of prognostic factors measured on different scales. In: Dirschedl P, Ostermann "
    "R, eds. Computational Statistics. Heidelberg: Physica; 1994:483-496."
)

LAU_2009 = (
    "Lau B, Cole SR, Gange SJ. Competing risk regression models for epidemiologic data. "
    "Am J Epidemiol 2009;170:244–256."
)

LENCIONI_2010 = (
    "Lencioni R, Llovet JM. Modified RECIST (mRECIST) assessment for hepatocellular carcinoma. "
    "Semin Liver Dis 2010;30:52–60. doi:10.1055/s-0030-1247132"
)

LIN_2020 = (
    "Lin RS, Lin J, Roychoudhury S, et al. Alternative analysis methods for time to event "
    "endpoints under nonproportional hazards: a comparative analysis. Stat Biopharm Res "
    "2020;12:187–198."
)

LIN_WEI_1989 = (
    "Lin DY, Wei LJ. The robust inference for the Cox proportional hazards model. J Am Stat Assoc "
    "1989;84:1074–1078."
)

LI_1991 = (
    "Li KH, Meng XL, Raghunathan TE, Rubin DB. Significance levels from repeated p-values with "
    "multiply-imputed data. Stat Sinica 1991;1:65–92."
)

LI_2018 = (
    "Li F, Morgan KL, Zaslavsky AM. Balancing covariates via propensity score weighting. J Am "
    "Stat Assoc 2018;113:390–400."
)

MANTEL_1966 = (
    "Mantel N. Evaluation of survival data and two new rank order statistics arising in its "
    "consideration. Cancer Chemother Rep 1966;50:163–170."
)

MANTEL_BYAR_1974 = (
    "Mantel N, Byar DP. Evaluation of response-time data involving transient states: an "
    "illustration using heart-transplant data. J Am Stat Assoc 1974;69:81–86."
)

MAXWELL_1970 = (
    "Maxwell AE. Comparing the classification of subjects by two independent judges. Br J "
    "Psychiatry 1970;116:651–655. doi:10.1192/bjp.116.535.651."
)

MCCAFFREY_2004 = (
    "McCaffrey DF, Ridgeway G, Morral AR. Propensity score estimation with boosted regression for "
    "evaluating causal effects in observational studies. Psychol Methods 2004;9:403–425."
)

MCCLISH_1989 = "McClish DK. Analyzing a portion of the ROC curve. Med Decis Making 1989;9:190–195."

MCLERNON_2023 = (
    "McLernon DJ, Giardiello D, Van Calster B, et al. Assessing performance and clinical "
    "usefulness in prediction models with survival outcomes: practical guidance for Cox "
    "proportional hazards models. Ann Intern Med 2023;176:105–114."
)

MCNEMAR_1947 = (
    "McNemar Q. Note on the sampling error of the difference between correlated proportions or "
    "percentages. Psychometrika 1947;12:153–157. doi:10.1007/BF02295996"
)

MCSHANE_2005 = (
    "McShane LM, Altman DG, Sauerbrei W, et al. REporting recommendations for tumour MARKer "
    "prognostic studies (REMARK). Br J Cancer 2005;93:387–391. doi:10.1038/sj.bjc.6602678"
)

MEHTA_PATEL_1983 = (
    "Mehta CR, Patel NR. A network algorithm for performing Fisher's exact test in r × c "
    "contingency tables. J Am Stat Assoc 1983;78:427–434."
)

NATIONAL_CANCER_INSTITUTE_2017 = (
    "National Cancer Institute. Common Terminology Criteria for Adverse Events (CTCAE), version "
    "5.0. US Department of Health and Human Services, 2017."
)

NEWCOMBE_1998 = (
    "Newcombe RG. Interval estimation for the difference between independent proportions: "
    "comparison of eleven methods. Stat Med 1998;17:873–890. "
    "doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I"
)

PERKINS_SCHISTERMAN_2006 = (
    "Perkins NJ, Schisterman EF. The inconsistency of 'optimal' cutpoints obtained using two "
    "criteria based on the ROC curve. Am J Epidemiol 2006;163:670–675."
)

PETO_1972 = (
    "Peto R, Peto J. Asymptotically efficient rank invariant test procedures. J R Stat Soc A "
    "1972;135:185–206."
)

RILEY_2019 = (
    "Riley RD, Snell KIE, Ensor J, et al. Minimum sample size for developing a multivariable "
    "prediction model: PART II - binary and time-to-event outcomes. Stat Med 2019;38:1276–1296. "
    "doi:10.1002/sim.7992"
)

RILEY_2020 = (
    "Riley RD, Ensor J, Snell KIE, et al. Calculating the sample size required for developing a "
    "clinical prediction model. BMJ 2020;368:m441. doi:10.1136/bmj.m441"
)

RILEY_2021 = (
    "Riley RD, Van Calster B, Collins GS. A note on estimating the Cox-Snell R2 from a reported C "
    "statistic (AUROC) to inform sample size calculations for developing a prediction model with "
    "a binary outcome. Stat Med 2021;40:859–864. doi:10.1002/sim.8806"
)

ROBINS_2000 = (
    "Robins JM, Hernán MA, Brumback B. Marginal structural models and causal inference in "
    "epidemiology. Epidemiology 2000;11:550–560."
)

ROSENBAUM_1989 = (
    "Rosenbaum PR. Optimal matching for observational studies. J Am Stat Assoc 1989;84:1024–1032."
)

ROSENBAUM_RUBIN_1983 = (
    "Rosenbaum PR, Rubin DB. The central role of the propensity score in observational studies "
    "for causal effects. Biometrika 1983;70:41–55."
)

ROYSTON_PARMAR_2013 = (
    "Royston P, Parmar MKB. Restricted mean survival time: an alternative to the hazard ratio. "
    "BMC Med Res Methodol 2013;13:152."
)

RUBIN_1987 = "Rubin DB. Multiple imputation for nonresponse in surveys. New York: Wiley; 1987."

SCHEMPER_SMITH_1996 = (
    "Schemper M, Smith TL. A note on quantifying follow-up in studies of failure time. Control "
    "Clin Trials 1996;17:343–346."
)

SCHOENFELD_1983 = (
    "Schoenfeld DA. Sample-size formula for the proportional-hazards regression model. "
    "Biometrics 1983;39:499–503."
)

SIMON_MAKUCH_1984 = (
    "Simon R, Makuch RW. A non-parametric graphical representation of the relationship between "
    "survival and the occurrence of an event: application to responder versus non-responder bias. "
    "Stat Med 1984;3:35–44."
)

STRASSER_WEBER_1999 = (
    "Strasser H, Weber C. On the asymptotic theory of permutation statistics. Math Methods Stat "
    "1999;8:220–250."
)

STUART_1955 = (
    "Stuart A. A test for homogeneity of the marginal distributions in a two-way classification. "
    "Biometrika 1955;42:412–416. doi:10.1093/biomet/42.3-4.412."
)

TARONE_1975 = "Tarone RE. Tests for trend in life table analysis. Biometrika 1975;62:679–682."

TARONE_WARE_1977 = (
    "Tarone RE, Ware J. On distribution-free tests for equality of survival distributions. "
    "Biometrika 1977;64:156–160."
)

THERNEAU_2003 = (
    "Therneau TM, Grambsch PM, Pankratz VS. Penalized survival models and frailty. J Comput Graph "
    "Stat 2003;12:156–175."
)

TSAI_1987 = (
    "Tsai WY, Jewell NP, Wang MC. A note on the product-limit estimator under right censoring and "
    "left truncation. Biometrika 1987;74:883–886."
)

UNO_2007 = (
    "Uno H, Cai T, Tian L, Wei LJ. Evaluating prediction rules for t-year survivors with censored "
    "regression models. J Am Stat Assoc 2007;102:527–537."
)

UNO_2011 = (
    "Uno H, Cai T, Pencina MJ, D'Agostino RB, Wei LJ. On the C-statistics for evaluating overall "
    "adequacy of risk prediction procedures with censored survival data. Stat Med "
    "2011;30:1105–1117."
)

VANDERWEELE_DING_2017 = (
    "VanderWeele TJ, Ding P. Sensitivity analysis in observational research: introducing the "
    "E-value. Ann Intern Med 2017;167:268–274."
)

VAN_BUUREN_2011 = (
    "van Buuren S, Groothuis-Oudshoorn K. mice: multivariate imputation by chained equations in R. "
    "J Stat Softw 2011;45(3):1–67. doi:10.18637/jss.v045.i03"
)

VICKERS_2006 = (
    "Vickers AJ, Elkin EB. Decision curve analysis: a novel method for evaluating prediction "
    "models. Med Decis Making 2006;26:565–574."
)

VICKERS_2008 = (
    "Vickers AJ, Cronin AM, Elkin EB, Gonen M. Extensions to decision curve analysis, a novel "
    "method for evaluating diagnostic tests, prediction models and molecular markers. BMC Med "
    "Inform Decis Mak 2008;8:53."
)

VON_ELM_2007 = (
    "von Elm E, Altman DG, Egger M, et al. The Strengthening the Reporting of Observational "
    "Studies in Epidemiology (STROBE) statement. PLoS Med 2007;4:e296. "
    "doi:10.1371/journal.pmed.0040296"
)

WHITE_2010 = (
    "White IR, Daniel R, Royston P. Avoiding bias due to perfect prediction in multiple imputation "
    "of incomplete categorical variables. Comput Stat Data Anal 2010;54:2267–2275."
)

WHITE_ROYSTON_2009 = (
    "White IR, Royston P. Imputing missing covariate values for the Cox model. Stat Med "
    "2009;28:1982–1998."
)

WILCOXON_1945 = (
    "Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bull 1945;1:80–83. "
    "doi:10.2307/3001968."
)

WILSON_1927 = (
    "Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat "
    "Assoc 1927;22:209–212."
)

WOOLF_1955 = (
    "Woolf B. On estimating the relation between blood group and disease. Ann Hum Genet "
    "1955;19:251–253. doi:10.1111/j.1469-1809.1955.tb01348.x"
)

YANG_DALTON_2012 = (
    "Yang D, Dalton JE. A unified approach to measuring the effect size between two groups using "
    "SAS. SAS Global Forum 2012;335."
)

YOUDEN_1950 = "Youden WJ. Index for rating diagnostic tests. Cancer 1950;3:32–35."
